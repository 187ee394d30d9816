namespace SmeFinancialOs.Data.Schema.Audit.Catalog;

internal sealed record Function(uint Oid, string Name, string Signature, uint Owner, bool Definer, bool Leakproof, char Volatility, string Returns, string[] Settings, string Body, bool System)
{
    // Whether a caller's temporary table can take the place of a name: safe with pg_temp last, or with no path at all.
    public bool PinsSearchPath => Settings.Any(setting => setting.StartsWith("search_path=", StringComparison.Ordinal)
        && (setting["search_path=".Length..] is "" or "\"\"" || setting.EndsWith("pg_temp", StringComparison.Ordinal) || setting.EndsWith("\"pg_temp\"", StringComparison.Ordinal)));
}
