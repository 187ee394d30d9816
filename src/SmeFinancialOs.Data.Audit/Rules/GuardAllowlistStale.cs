using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;
using SmeFinancialOs.Data.Audit.Shipped;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class GuardAllowlistStale : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "guard-allowlist-stale", AuditSeverity.Info,
        "An entry of the guard's allowlist that names no table.",
        "The table it was written for is gone; what stays is an exception that nobody needs.",
        Docs + "datatype-oid.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from allowance in model.Catalog.GuardAllowances
        where allowance.Gone
        select Found($"{allowance.Relation} in {GuardParts.Schema}.allowlist",
            $"There is no such relation any more; it was allowed because: {allowance.Reason}",
            Fix.Review($"SELECT {GuardParts.Schema}.disallow('{allowance.Relation}');"));
}
