namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>A setting that a role, a database or both get by default.</summary>
internal sealed record DefaultSetting(string? Role, string? Database, string Setting)
{
    /// <summary>As ALTER names it.</summary>
    public string Owner => (Role, Database) switch
    {
        ({ } role, null) => $"ROLE {Identifier.Quote(role)}",
        (null, { } database) => $"DATABASE {Identifier.Quote(database)}",
        ({ } role, { } database) => $"ROLE {Identifier.Quote(role)} IN DATABASE {Identifier.Quote(database)}",
        _ => "ROLE ALL",
    };

    public string Name => Setting[..Setting.IndexOf('=', StringComparison.Ordinal)];

    public string Value => Setting[(Name.Length + 1)..];

    public bool Sets(string name) => Setting.StartsWith(name + "=", StringComparison.OrdinalIgnoreCase);
}
