using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class DefinerSearchPath : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "definer-search-path", AuditSeverity.Error,
        "A SECURITY DEFINER function whose names a caller can redirect.",
        "A temporary table or domain of the caller takes the place of the real one, and its code runs with the owner's rights.",
        Docs + "sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from function in model.Catalog.Functions.Values
        where function is { Definer: true, PinsSearchPath: false } && model.AppMayRun(function) && IsOpen(model, function)
        select Found(function.Signature, "The app may call it, and its search_path is not pinned with pg_temp last.", SearchPathFix.Pin(model, function));

    /// <summary>
    /// With the path '' only temporary objects can take the place of a name: where the app may create none, or the names are bound already, nothing can.
    /// </summary>
    internal static bool IsOpen(DatabaseModel model, Function function) =>
        function.SearchPath is not { Count: 0 } || (!function.StandardBody && model.AppGrantees(GrantKind.Database, 0, "TEMPORARY").Length > 0);
}
