using SmeFinancialOs.Data.Schema.Audit.Catalog;

namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class DefinerSearchPath : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "definer-search-path", AuditSeverity.Error,
        "A SECURITY DEFINER function whose names a caller can redirect.",
        "A temporary table or operator of the caller takes the place of the real one and runs with the owner's rights, unless search_path is pinned with pg_temp last.",
        Docs + "sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from function in scene.Catalog.Functions.Values
        where function is { Definer: true, PinsSearchPath: false } && scene.AppGrants(GrantKind.Function, function.Oid).Any()
        select Found(function.Signature, "The app may call it, and its search_path is not pinned with pg_temp last.",
            $"ALTER FUNCTION {function.Signature} SET search_path = pg_catalog, pg_temp; -- if its body qualifies every name");
}
