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
    private readonly Dictionary<uint, string> _visible = [];

    internal RelatedTables(DatabaseModel model, JudgingFacts facts, RoleFacts role, Relation table)
    {
        (_model, _facts, _role) = (model, facts, role);
        Follow(table, [table.Oid]);
    }

    public IEnumerable<Relation> All => _visible.Keys.Select(oid => _model.Catalog.Relations[oid]);

    /// <summary>Why the tables cannot be replaced; null when they can.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>The expressions of their policies, whatever the command.</summary>
    public IEnumerable<string> Expressions =>
        _visible.Keys.SelectMany(PoliciesOf).SelectMany(policy => new[] { policy.Using, policy.Check }).OfType<string>();

    /// <summary>What a row of the table must pass to be seen by the role.</summary>
    public string VisibleWhen(Relation table) => _visible[table.Oid];

    /// <summary>What a row of the table must pass to be inserted by the role; null where no row can be.</summary>
    public string? InsertedWhen(Relation table)
    {
        if (!_facts.Commands.GetValueOrDefault((table.Oid, _role.Oid), "").Contains('a', StringComparison.Ordinal))
            return null;
        return _role.ExemptionFrom(table) is null ? Compose(table, "a") : "true";
    }

    /// <summary>Whether the role may write rows of the table, which a policy then cannot trust.</summary>
    public bool IsWritable(Relation table) => InsertedWhen(table) is not null
        || (_facts.Commands.GetValueOrDefault((table.Oid, _role.Oid), "").Contains('w', StringComparison.Ordinal)
            && (_role.ExemptionFrom(table) is not null || Compose(table, "w") is not null));

    private void Follow(Relation table, HashSet<uint> path)
    {
        if (PoliciesOf(table.Oid).Any(policy => TableSubstitution.Names(_model.Parsed(policy.Using), table)
            || TableSubstitution.Names(_model.Parsed(policy.Check), table)))
        {
            Obstacle ??= Recursion(table);
        }

        foreach (var oid in PoliciesOf(table.Oid).SelectMany(policy => policy.Reads).Distinct())
        {
            if (_model.Catalog.Relations.GetValueOrDefault(oid) is not { IsTable: true } related || !_facts.Tables.ContainsKey(oid))
                Obstacle ??= $"it reads {_model.Catalog.Relations.GetValueOrDefault(oid)?.Name ?? "a relation"}, of which no rows can be made up";
            else if (!_facts.Commands.GetValueOrDefault((oid, _role.Oid), "").Contains('r', StringComparison.Ordinal))
                Obstacle ??= $"it reads {related.Name}, for which {_role.Name} has no SELECT: every statement fails";
            else if (path.Contains(oid))
                Obstacle ??= Recursion(related);
            else if (_visible.TryAdd(oid, _role.ExemptionFrom(related) is null ? Compose(related, "r") ?? "false" : "true"))
                Follow(related, [.. path, oid]);
        }
    }

    private static string Recursion(Relation table) => $"the policies of {table.Name} lead back to it: every statement fails with infinite recursion";

    private string? Compose(Relation table, string command) =>
        CommandPredicates.Compose(PoliciesOf(table.Oid), _role.Applies, command).Expressions.Select(item => item.Expression).FirstOrDefault();

    private IEnumerable<Policy> PoliciesOf(uint table) =>
        _model.PoliciesOf(_model.Catalog.Relations[table]).Select(policy => policy.Policy).Where(policy => policy.Roles.Any(_role.Applies));
}
