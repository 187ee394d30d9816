namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>StandardBody: its names were bound when it was created (RETURN or BEGIN ATOMIC). Definition is there for functions that read a setting.</summary>
internal sealed record Function(uint Oid, uint Schema, string Name, string SqlName, string Signature, uint Owner, bool Definer, bool Leakproof,
    char Volatility, int Arguments,
    string Returns, string[] Settings, string Body, bool StandardBody, string Language, string? Definition, bool System)
{
    public bool IsStrict { get; init; }

    public bool ReturnsSet { get; init; }

    /// <summary>PostgreSQL has a function of this name, too: a call without a schema may be of that one.</summary>
    public bool IsNamedLikeSystem { get; init; }

    /// <summary>Their names, '' for one without.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>Null where some are not plain input parameters, and for other languages than SQL.</summary>
    public IReadOnlyList<string>? ParameterTypes { get; init; }

    /// <summary>The parameters that a caller gives values for. The name is '' for one without.</summary>
    public IReadOnlyList<(string Name, string Type)> Inputs { get; init; } = [];

    /// <summary>
    /// Null when the caller's own path is in force. Without pg_temp, PostgreSQL looks there first for tables and types, also when the path is ''.
    /// </summary>
    public IReadOnlyList<string>? SearchPath => Settings.FirstOrDefault(setting => setting.StartsWith("search_path=", StringComparison.Ordinal)) is { } setting
        ? [.. setting["search_path=".Length..].Split(',').Select(name => name.Trim().Trim('"')).Where(name => name.Length > 0)]
        : null;

    public bool PinsSearchPath => SearchPath is [.., "pg_temp"];
}
