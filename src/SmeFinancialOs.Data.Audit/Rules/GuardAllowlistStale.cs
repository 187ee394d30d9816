using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;
using SmeFinancialOs.Data.Audit.Shipped;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class GuardAllowlistStale : CatalogRule
{
    private const string Isolation = "tenant_isolation";

    public override AuditRule Description { get; } = new(
        "guard-allowlist-stale", AuditSeverity.Info,
        "An entry of the guard's allowlist that nobody needs: its table is gone, or protected.",
        "The table it was written for is gone; what stays is an exception that nobody needs. On a protected table it is worse: the guard does not refuse what "
            + "weakens it.",
        Docs + "datatype-oid.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model)
    {
        foreach (var allowance in model.Catalog.GuardAllowances)
        {
            if (allowance.Gone)
                yield return Found($"{allowance.Relation} in {GuardParts.Schema}.allowlist",
                    $"There is no such relation any more; it was allowed because: {allowance.Reason}",
                    Fix.Review($"SELECT {GuardParts.Schema}.disallow('{allowance.Relation}');"));
            else if (model.Catalog.Relations.GetValueOrDefault(allowance.Relation) is { RowSecurity: true, Forced: true } table
                && model.Catalog.Policies.Any(policy => policy.Relation == table.Oid && policy.Name == Isolation))
                yield return Found($"{table.Name} in {GuardParts.Schema}.allowlist",
                    $"The table has the policies of app.protect_table, and the guard does not hold it to them; it was allowed because: {allowance.Reason}",
                    Fix.Review($"SELECT {GuardParts.Schema}.disallow('{table.Name.Replace("'", "''", StringComparison.Ordinal)}');"));
        }
    }
}
