using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Judging.Queries;

/// <summary>
/// A use of a table is tied to another one where equalities leave only rows of the same tenant: of the tenant columns, of a foreign key that holds the tenant
/// or says whose a row of a child table is, or of a unique key of the same table.
/// </summary>
internal sealed class TenantTies
{
    private readonly DatabaseModel _model;
    private readonly JudgingFacts _facts;

    /// <summary>Bound: the equality must hold for each row of the use on its left.</summary>
    private readonly ILookup<(FromItem Bound, FromItem Other), (string Own, string Other)> _equal;

    internal TenantTies(DatabaseModel model, JudgingFacts facts, ColumnResolver columns, IEnumerable<Condition> conditions)
    {
        (_model, _facts) = (model, facts);
        var equal = new List<(FromItem Bound, string Own, FromItem Other, string Column)>();
        foreach (var condition in conditions)
        {
            if (condition.Equal is not var (left, right, select) || columns.Resolve(left, condition.Select) is not { } one
                || columns.Resolve(right, select) is not { } two)
                continue;
            if (condition.Binds.Contains(one.Use))
                equal.Add((one.Use, one.Column, two.Use, two.Column));
            if (condition.Binds.Contains(two.Use))
                equal.Add((two.Use, two.Column, one.Use, one.Column));
        }
        _equal = equal.ToLookup(item => (item.Bound, item.Other), item => (item.Own, item.Column));
    }

    /// <summary>Adds each use that is tied to one of the set, and those that are tied to that, and so on.</summary>
    public void Complete(HashSet<FromItem> proved, IReadOnlyList<FromItem> uses)
    {
        while (uses.FirstOrDefault(use => !proved.Contains(use) && proved.Any(other => AreTied(use, other))) is { } tied)
            proved.Add(tied);
    }

    /// <summary>Whether any equality connects the two.</summary>
    public bool AreConnected(FromItem use, FromItem other) => _equal[(use, other)].Any();

    private bool AreTied(FromItem use, FromItem other)
    {
        var pairs = _equal[(use, other)].ToHashSet();
        if (pairs.Count == 0)
            return false;
        var (table, of) = (use.Table!, other.Table!);
        var back = pairs.Select(pair => (pair.Other, pair.Own)).ToHashSet();
        return (_model.TenantColumnOf(table.Oid) is { } key && _model.TenantColumnOf(of.Oid) is { } otherKey && pairs.Contains((key.Name, otherKey.Name))
                && key.Type == otherKey.Type && _model.LevelOf(table) == _model.LevelOf(of) && AreExact(table, [key.Name]) && AreExact(of, [otherKey.Name]))
            || Refers(table, of, pairs) || Refers(of, table, back) || IsSameRow(table, of, pairs);
    }

    private bool Refers(Relation child, Relation parent, HashSet<(string, string)> pairs) => !HasInheritors(parent)
        && _model.Catalog.ForeignKeys[child.Oid].Any(key => key.Target == parent.Oid && key is { Enforced: true, Validated: true }
            && Pairs(child, parent, key) is var all && AreExact(child, all.Select(pair => pair.Own)) && AreExact(parent, all.Select(pair => pair.Other))
            && (_model.IsTenantTable(child.Oid) ? HoldsTenant(child, parent, all, pairs)
                : _model.OwnerKeysOf(child.Oid) is [var only] && only.Name == key.Name && all.TrueForAll(pairs.Contains)));

    /// <summary>The other columns of the key name one row of the parent by themselves, so that the tenant need not be compared.</summary>
    private bool HoldsTenant(Relation child, Relation parent, List<(string Own, string Other)> key, HashSet<(string, string)> pairs)
    {
        if (_model.TenantColumnOf(child.Oid) is not { NotNull: true } own || _model.TenantColumnOf(parent.Oid) is not { } other
            || !key.Contains((own.Name, other.Name)) || _model.LevelOf(child) != _model.LevelOf(parent))
            return false;
        var rest = key.FindAll(pair => pair.Own != own.Name);
        return rest.Count > 0 && rest.TrueForAll(pairs.Contains) && IsUnique(parent, [.. rest.Select(pair => pair.Other)]);
    }

    private bool IsSameRow(Relation table, Relation of, HashSet<(string Own, string Other)> pairs) => table.Oid == of.Oid && !HasInheritors(table)
        && pairs.Where(pair => pair.Own == pair.Other).Select(pair => pair.Own).ToHashSet() is var same && AreExact(table, same) && IsUnique(table, same);

    private bool IsUnique(Relation table, HashSet<string> columns) => _model.Catalog.Indexes[table.Oid].Any(index =>
        index is { Unique: true, Partial: false, Immediate: true } && index.Columns.All(number => number != 0 && columns.Contains(Name(table, number))));

    private List<(string Own, string Other)> Pairs(Relation child, Relation parent, ForeignKey key) =>
        [.. key.Columns.Zip(key.TargetColumns, (own, other) => (Name(child, own), Name(parent, other)))];

    /// <summary>Two values that are equal are the same.</summary>
    private bool AreExact(Relation table, IEnumerable<string> columns) =>
        _facts.Tables.TryGetValue(table.Oid, out var known) && columns.All(column => known[column].IsDeterministic);

    private bool HasInheritors(Relation table) => table.Kind != 'p' && _model.Catalog.Relations.Values.Any(other => other.Parents.Contains(table.Oid));

    private string Name(Relation table, short number) => _model.Catalog.Columns[table.Oid].First(column => column.Number == number).Name;
}
