using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class PolicyFunctionSearchPath : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-function-search-path", AuditSeverity.Warning,
        "A function in a policy whose names a caller can redirect.",
        "A policy binds its names when it is made; a function whose body is a string looks them up at every call, in the path of whoever asks.",
        Docs + "ddl-schemas.html#DDL-SCHEMAS-PATH");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from function in model.Policies.SelectMany(policy => policy.Functions).Distinct()
        where function is { StandardBody: false, System: false, Definer: false, PinsSearchPath: false, Language: "sql" or "plpgsql" }
            && DefinerSearchPath.IsOpen(model, function)
        select Found(function.Signature, "A policy calls it, and the caller's search_path decides what its names mean.", SearchPathFix.Pin(model, function));
}
