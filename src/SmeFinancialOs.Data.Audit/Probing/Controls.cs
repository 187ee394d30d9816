using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>
/// The positive control: a tenant sees and writes its own generated row, where the role may. Without it, an attack that finds nothing proves nothing. Each
/// control may be tried with several states of the rows; one success is enough.
/// </summary>
internal sealed class Controls(Attacker attacker, DatabaseModel model, IReadOnlyDictionary<string, Privileges> rights, Findings findings)
{
    private readonly Dictionary<(string Name, string Role, string Command), (string Statement, string? Fault)> _results = [];

    /// <summary>With the attacker's rows in place.</summary>
    internal Task OnOwnRowAsync(Actor actor, Target target) => RunAsync(actor, target, 'r', 'w', 'd');

    /// <summary>Without them.</summary>
    internal Task InsertAsync(Actor actor, Target target) => RunAsync(actor, target, 'a');

    /// <summary>For a role that reads alone, as that of a demo.</summary>
    internal Task ReadAsync(Actor actor, Target target) => RunAsync(actor, target, 'r');

    internal void Conclude()
    {
        foreach (var group in _results.GroupBy(result => (result.Key.Name, result.Key.Role)))
        {
            var (name, role) = group.Key;
            if (group.Any(result => result.Key.Command == "select" && result.Value.Fault is null))
                findings.Seen(name, role);
            foreach (var ((_, _, command), (statement, fault)) in group.Where(result => result.Value.Fault is not null))
                findings.Uncontrolled(name, role, command, $"{fault}: {statement}");
        }
    }

    private async Task RunAsync(Actor actor, Target target, params char[] commands)
    {
        // Its context is refused as a whole, and proves nothing of the tables.
        if (actor.Claims)
            return;
        foreach (var command in commands.Where(command => (command == 'r' || target.Object.IsTable) && Applies(actor, target, command)))
        {
            var control = Of(target, command, rights[actor.Rights]);
            var key = (target.Name, actor.Rights, control.Kind);
            if (_results.TryGetValue(key, out var known) && known.Fault is null)
                continue;
            _results[key] = (control.Statement, await attacker.FaultAsync(actor, control).ConfigureAwait(false));
        }
    }

    private static Attack Of(Target target, char command, Privileges rights)
    {
        var filter = target.HasTenant && target.Owner.All(column => rights.Select.Contains((target.Object.Oid, column.Name))) ? " " + target.WhereOwn : "";
        var update = target.Granted(rights.Update);
        return command switch
        {
            'r' => new(target.Name, "select", $"SELECT count(*) FROM {target.Name}{filter}", "SELECT NULL", Sign.Seen, Mine: true),
            'a' => Changed("insert", target.Insert(target.Granted(rights.Insert), target.Own.Values)),
            'w' => Changed("update", $"UPDATE {target.Name} SET "
                + Target.Assign([update.FirstOrDefault(column => !target.IsOwner(column)) ?? update[0]], target.Own.Values)),
            _ => Changed("delete", $"DELETE FROM {target.Name}"),
        };

        Attack Changed(string kind, string sql) => new(target.Name, kind, sql, target.OwnRows, Mine: true);
    }

    /// <summary>The role has the privilege, and no policy is missing for it: a table without a permissive policy for a command is closed to it.</summary>
    private bool Applies(Actor actor, Target target, char command)
    {
        var granted = rights[actor.Rights];
        var (table, has) = (target.Object, command switch { 'r' => granted.Select, 'a' => granted.Insert, 'w' => granted.Update, _ => granted.Delete });
        if (!has.Any(item => item.Item1 == table.Oid))
            return false;
        var role = model.Catalog.Roles.Values.First(role => role.Name == actor.Rights);
        if (!table.IsTable || !table.RowSecurity || role.Superuser || role.BypassesRls)
            return true;
        var roles = model.Identities.Inherited(role).Select(inherited => inherited.Oid).Append(role.Oid).Append(0u).ToHashSet();
        return (roles.Contains(table.Owner) && !table.Forced)
            || model.Catalog.Policies.Any(policy => policy.Relation == table.Oid && policy.Permissive && policy.Covers(command)
                && policy.Roles.Any(roles.Contains));
    }
}
