using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class FunctionLeakproof : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "function-leakproof", AuditSeverity.Error,
        "A user function marked LEAKPROOF.",
        "It runs before the policy and is shown the rows of every tenant.",
        Docs + "sql-createfunction.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from function in model.Catalog.Functions.Values
        where function is { Leakproof: true, System: false }
        select Found(function.Signature, "It is LEAKPROOF: the planner may ask it before the policy.",
            Fix.Safe($"ALTER ROUTINE {function.Signature} NOT LEAKPROOF;"));
}
