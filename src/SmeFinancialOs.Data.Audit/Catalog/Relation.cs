namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>Definition is there for the views of the sealed context.</summary>
internal sealed record Relation(uint Oid, string Name, uint Schema, char Kind, uint Owner, bool RowSecurity, bool Forced, bool Temporary, bool Invoker,
    uint[] Parents, string? Definition)
{
    public bool IsTable => Kind is 'r' or 'p';

    /// <summary>Without its schema and quotes.</summary>
    public string PlainName => Identifier.Unquote(Expressions.SqlText.Of(Name) is var name ? name[name.Count - 1] : Name);
}

/// <summary>BaseType is the type itself, unless that is a domain.</summary>
internal sealed record Column(uint Relation, short Number, string Name, string Type, string BaseType, bool NotNull)
{
    public string Sql => Identifier.Quote(Name);
}

internal sealed record ColumnType(uint Oid, string Name, uint Base);
