namespace SmeFinancialOs.Data.Schema.Audit.Catalog;

internal sealed record NamedObject(uint Oid, string Name);

// A setting that role, database or both get by default.
internal sealed record DefaultSetting(string? Role, string? Database, string Setting)
{
    // As ALTER names it.
    public string Owner => (Role, Database) switch
    {
        ({ } role, null) => $"ROLE {Identifier.Quote(role)}",
        (null, { } database) => $"DATABASE {Identifier.Quote(database)}",
        ({ } role, { } database) => $"ROLE {Identifier.Quote(role)} IN DATABASE {Identifier.Quote(database)}",
        _ => "ROLE ALL",
    };
}

internal sealed record PublishedTable(string Publication, uint Relation, bool Filtered, string Form);
