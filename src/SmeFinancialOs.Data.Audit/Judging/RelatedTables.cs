using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// The tables that the policies of a table read, and what those tables' own policies read in turn. Each is replaced by made-up rows that pass its own policies,
/// so that nothing of the audited tables is read and the answer does not depend on what stands in them.
/// </summary>
internal sealed class RelatedTables
{
    private readonly DatabaseModel _model;
    private readonly JudgingFacts _facts;
    private readonly RoleFacts _role;
    private readonly Dictionary<(uint Table, uint Owner), string> _visible = [];

    internal RelatedTables(DatabaseModel model, JudgingFacts facts, RoleFacts role, Relation table)
    {
        (_model, _facts, _role) = (model, facts, role);
        Follow(table, [table.Oid]);
    }

    public IEnumerable<Relation> All => _visible.Keys.Select(read => read.Table).Distinct().Select(oid => _model.Catalog.Relations[oid]);

    /// <summary>Why the tables cannot be replaced; null when they can.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>The expressions of their policies, whatever the command.</summary>
    public IEnumerable<string> Expressions =>
        _visible.Keys.SelectMany(read => PoliciesOf(read.Table, ReaderOf(read.Owner)))
            .SelectMany(policy => new[] { policy.Using, policy.Check }).OfType<string>();

    /// <summary>What a row of the table must pass to be seen by the role, or by the owner of a SECURITY DEFINER function.</summary>
    public string VisibleWhen(Relation table, uint owner) => _visible[(table.Oid, owner)];

    /// <summary>What a row of the table must pass to be inserted by the role; null where no row can be.</summary>
    public string? InsertedWhen(Relation table)
    {
        if (!_facts.Commands.GetValueOrDefault((table.Oid, _role.Oid), "").Contains('a', StringComparison.Ordinal))
            return null;
        return _role.ExemptionFrom(table) is null ? Compose(table, "a", _role) : "true";
    }

    /// <summary>Whether the role may write rows of the table, which a policy then cannot trust.</summary>
    public bool IsWritable(Relation table) => InsertedWhen(table) is not null
        || (_facts.Commands.GetValueOrDefault((table.Oid, _role.Oid), "").Contains('w', StringComparison.Ordinal)
            && (_role.ExemptionFrom(table) is not null || Compose(table, "w", _role) is not null));

    private void Follow(Relation table, HashSet<uint> path)
    {
        var policies = PoliciesOf(table.Oid, _role).ToList();
        if (policies.Exists(policy => TableSubstitution.Names(_model.Parsed(policy.Using), table)
            || TableSubstitution.Names(_model.Parsed(policy.Check), table)))
            Obstacle ??= Recursion(table);
        foreach (var function in policies.SelectMany(policy => policy.Inlined).Distinct().Where(function => !MayCall(function)))
            Obstacle ??= $"it calls {function.Signature}, which {_role.Name} may not: every statement fails";
        if (_facts.HasRedefinedOperator
            && policies.SelectMany(policy => policy.Inlined).FirstOrDefault(function => !function.StandardBody) is { } unbound)
            Obstacle ??= $"it calls {unbound.Signature}, and the database has operators named like PostgreSQL's own, which that may use";
        foreach (var (oid, owner) in policies.SelectMany(policy => policy.DefinerReads).Distinct())
            FollowDefiner(oid, owner);
        foreach (var oid in policies.SelectMany(policy => policy.Reads).Distinct())
        {
            if (_model.Catalog.Relations.GetValueOrDefault(oid) is not { IsTable: true } related || !_facts.Tables.ContainsKey(oid))
                Obstacle ??= $"it reads {_model.Catalog.Relations.GetValueOrDefault(oid)?.Name ?? "a relation"}, of which no rows can be made up";
            else if (!_facts.Commands.GetValueOrDefault((oid, _role.Oid), "").Contains('r', StringComparison.Ordinal))
                Obstacle ??= $"it reads {related.Name}, for which {_role.Name} has no SELECT: every statement fails";
            else if (path.Contains(oid))
                Obstacle ??= Recursion(related);
            else if (_visible.TryAdd((oid, 0), _role.ExemptionFrom(related) is null ? Compose(related, "r", _role) ?? "false" : "true"))
                Follow(related, [.. path, oid]);
        }
    }

    /// <summary>What the owner of a SECURITY DEFINER function sees. Where policies bind the owner, they must not read more tables.</summary>
    private void FollowDefiner(uint oid, uint owner)
    {
        var (table, reader) = (_model.Catalog.Relations[oid], ReaderOf(owner));
        if (!reader.IsExempt && !reader.Usable.Contains(table.Owner)
            && !_model.Catalog.Grants[(GrantKind.Relation, oid)].Any(grant => grant.Privilege == "SELECT" && reader.Applies(grant.Grantee)))
        {
            Obstacle ??= $"a function that it calls reads {table.Name}, for which its owner {reader.Name} has no SELECT: every statement fails";
        }
        else if (reader.ExemptionFrom(table) is null && AsksWhoReads(oid, reader))
        {
            Obstacle ??= $"a function that it calls reads {table.Name} as {reader.Name}, whom policies bind that read other tables or ask who reads";
        }
        else
        {
            _visible.TryAdd((oid, owner), reader.ExemptionFrom(table) is null ? Compose(table, "r", reader) ?? "false" : "true");
        }
    }

    private bool AsksWhoReads(uint table, RoleFacts reader)
    {
        var closure = new ExpressionClosure(_model, PoliciesOf(table, reader).Select(policy => policy.Using).OfType<string>());
        return FunctionForm.AsksWhoRuns(closure) || closure.BodyReads is not null
            || PoliciesOf(table, reader).Any(policy => policy.Reads.Length > 0 || policy.Inlined.Count > 0);
    }

    /// <summary>The owner of a SECURITY DEFINER function; 0 for the role itself.</summary>
    private RoleFacts ReaderOf(uint owner) => owner == 0 ? _role : RoleFacts.Of(_model, owner);

    private bool MayCall(Function function) => _role.IsExempt || _role.Usable.Contains(function.Owner)
        || _model.Catalog.Grants[(GrantKind.Function, function.Oid)].Any(grant => _role.Applies(grant.Grantee));

    private static string Recursion(Relation table) => $"the policies of {table.Name} lead back to it: every statement fails with infinite recursion";

    private string? Compose(Relation table, string command, RoleFacts reader) =>
        CommandPredicates.Compose(PoliciesOf(table.Oid, reader), reader.Applies, command).Expressions.Select(item => item.Expression).FirstOrDefault();

    private IEnumerable<Policy> PoliciesOf(uint table, RoleFacts reader) =>
        _model.Inlined.Of(table).Where(policy => policy.Roles.Any(reader.Applies));
}
