using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// Triggers that an action of a foreign key fires for the app, and what their functions do to tables of tenants. A BEFORE trigger runs as the owner of its
/// table and without FORCE; an AFTER trigger as whoever began the statement, from 18 on as the owner under FORCE.
/// </summary>
internal sealed class CascadeTriggers(DatabaseModel model)
{
    private readonly HashSet<(uint, char, string, Run?)> _reached = [];
    private readonly Queue<(Event Event, Run? Outer)> _open = new();

    private readonly record struct Event(uint Table, char Command, IReadOnlyList<short>? Columns, ForeignKey Key);

    /// <summary>With whose rights a function runs. A trigger that it fires in turn runs as it does.</summary>
    private readonly record struct Run(uint Role, bool Unforced);

    internal sealed record Found(Trigger Trigger, Relation Table, ForeignKey Key, TableTouch Touch, bool IsCertain);

    internal IEnumerable<Found> Find()
    {
        foreach (var key in model.Catalog.ForeignKeys.SelectMany(keys => keys))
        {
            foreach (var command in "du")
                Act(key, command, null, privilege => model.AppGrantees(GrantKind.Relation, key.Target, privilege).Length > 0);
        }
        while (_open.TryDequeue(out var next))
        {
            foreach (var found in Judge(next.Event, next.Outer).ToList())
                yield return found;
            if (next.Event.Command != 'i')
            {
                foreach (var key in model.Catalog.ForeignKeys.SelectMany(keys => keys).Where(key => key.Target == next.Event.Table))
                    Act(key, next.Event.Command, next.Event.Columns, _ => true);
            }
        }
    }

    private void Act(ForeignKey key, char command, IReadOnlyList<short>? columns, Func<string, bool> happens)
    {
        var action = command == 'd' ? key.OnDelete : key.OnUpdate;
        if (action is not ('c' or 'n' or 'd') || !happens(command == 'd' ? "DELETE" : "UPDATE")
            || (command == 'u' && columns is not null && !key.TargetColumns.Intersect(columns).Any()))
        {
            return;
        }
        var deletes = command == 'd' && action == 'c';
        var changed = command == 'd' && key.OnDeleteColumns.Length > 0 ? key.OnDeleteColumns : key.Columns;
        Add(new(key.Relation, deletes ? 'd' : 'u', deletes ? null : changed, key), null);
    }

    private void Add(Event @event, Run? outer)
    {
        if (_reached.Add((@event.Table, @event.Command, string.Join(' ', @event.Columns ?? []), outer)))
            _open.Enqueue((@event, outer));
    }

    private IEnumerable<Found> Judge(Event @event, Run? outer)
    {
        if (!model.Catalog.Relations.TryGetValue(@event.Table, out var table))
            yield break;
        foreach (var trigger in TriggersOf(table).Where(trigger => !trigger.Internal && trigger.FiresFor(@event.Command, @event.Columns)))
        {
            // PostgreSQL's own functions look at the row alone.
            if (trigger.Function < 16384)
                continue;
            if (!model.Catalog.Functions.TryGetValue(trigger.Function, out var function))
            {
                function = new(trigger.Function, 0, "", "", "its function", 0, false, false, 'v', 0, "trigger", [], "", false, "", null, false);
                yield return new(trigger, table, @event.Key, FunctionTouches.Unknown(function, "its function is not of the schemas that are looked at"), false);
                continue;
            }
            if (RunOf(trigger, table, function, outer) is not { } run)
                continue;
            foreach (var touch in new FunctionTouches(model, table).Of(function))
            {
                if (touch is { Table: { } written, Command: not 'r' })
                    Add(new(written.Oid, touch.Command, null, @event.Key), run);
                if (touch.Choice != RowChoice.Tenant && (touch.Table is null || IsOpen(touch.Table, run)))
                {
                    yield return new(trigger, table, @event.Key, touch, touch is { Choice: RowChoice.Any, Table: not null }
                        && !trigger.IsConditional && !touch.Function.Body.Contains("pg_trigger_depth", StringComparison.OrdinalIgnoreCase)
                        && (touch.Function == function || !touch.Function.Definer));
                }
            }
        }
    }

    /// <summary>Of a partition, too: a cascade reaches the rows there. Those that come from the parent are known by it.</summary>
    private IEnumerable<Trigger> TriggersOf(Relation table) => model.Catalog.Triggers[table.Oid].Concat(table.Kind != 'p' ? []
        : model.Catalog.Relations.Values.Where(part => part.Parents.Contains(table.Oid)).SelectMany(TriggersOf).Where(trigger => trigger.IsForRows
            && !model.Catalog.Triggers[table.Oid].Any(own => own.Name == trigger.Name && own.Function == trigger.Function)));

    /// <summary>Null where the policies of the tenant decide, as for a statement of its own.</summary>
    private Run? RunOf(Trigger trigger, Relation table, Function function, Run? outer)
    {
        var run = outer ?? (trigger.IsBefore ? new Run(table.Owner, true) : model.Catalog.ServerVersion.Major >= 18 ? new Run(table.Owner, false) : null);
        return function.Definer ? new Run(function.Owner, run?.Unforced ?? false) : run;
    }

    /// <summary>No policy binds the role that the function runs as, or one that lets every row pass.</summary>
    private bool IsOpen(Relation table, Run run)
    {
        if (!model.Catalog.Roles.TryGetValue(run.Role, out var role))
            return true;
        var roles = model.Identities.Inherited(role).Append(role).ToList();
        return !table.RowSecurity || role.Superuser || role.BypassesRls || (roles.Exists(one => one.Oid == table.Owner) && (run.Unforced || !table.Forced))
            || model.Catalog.Policies.Any(policy => policy.Relation == table.Oid && policy.Permissive && policy.Using == "true"
                && policy.Roles.Any(oid => oid == 0 || roles.Exists(one => one.Oid == oid)));
    }
}
