using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>What says whose a row of a table is: its tenant column, or a foreign key to the parent row. Key is null for a tenant column.</summary>
internal sealed class RowOwner
{
    private readonly DatabaseModel _model;

    /// <summary>key: of a child table; null for a table with a tenant column.</summary>
    internal RowOwner(DatabaseModel model, Relation table, ForeignKey? key)
    {
        (_model, Key) = (model, key);
        Root = key is null ? table : model.RootOf(key);
        Level = model.LevelOf(Root);
        Columns = key is null ? [model.TenantColumnOf(table).Name] : [.. key.Columns.Select(number => Name(table.Oid, number))];
        Parent = key is null ? null : model.Catalog.Relations[key.Target];
        ParentColumns = key is null ? [] : [.. key.TargetColumns.Select(number => Name(key.Target, number))];
    }

    public ForeignKey? Key { get; }

    /// <summary>The tenant table itself, or the one at the end of the chain of parents.</summary>
    public Relation Root { get; }

    public int Level { get; }

    /// <summary>Of the table that is judged.</summary>
    public IReadOnlyList<string> Columns { get; }

    public Relation? Parent { get; }

    public IReadOnlyList<string> ParentColumns { get; }

    /// <summary>For messages.</summary>
    public string Text => string.Join(", ", Columns);

    /// <summary>The columns by which a row of another table has the same tenant as the row that refers to it; empty where there are none.</summary>
    public IReadOnlyList<(string Own, string Other)> JoinWith(Relation other)
    {
        if (Parent is not null)
            return Parent.Oid == other.Oid && !HasInheritors(other) ? [.. Columns.Zip(ParentColumns)] : [];
        var key = _model.Members is { } members && members.Table.Oid == other.Oid ? members.Tenant.Name : _model.TenantColumnOf(other.Oid)?.Name;
        return key is null ? [] : [(Columns[0], key)];
    }

    /// <summary>An id is unique in each table of an inheritance tree, and not in all of them together. Partitions have one key.</summary>
    private bool HasInheritors(Relation table) => table.Kind != 'p' && _model.Catalog.Relations.Values.Any(other => other.Parents.Contains(table.Oid));

    private string Name(uint table, short number) => _model.Catalog.Columns[table].First(column => column.Number == number).Name;
}
