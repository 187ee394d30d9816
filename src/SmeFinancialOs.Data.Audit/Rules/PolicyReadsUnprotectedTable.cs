using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class PolicyReadsUnprotectedTable : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-reads-unprotected-table", AuditSeverity.Warning,
        "A policy that reads a table without row-level security.",
        "What the policy trusts can be read, and maybe written, across tenants.",
        Docs + "sql-createpolicy.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from policy in model.Policies
        from relation in policy.Policy.Reads.Select(oid => model.Catalog.Relations.GetValueOrDefault(oid))
        where relation is { IsTable: true, RowSecurity: false }
        select Found(policy.Name, $"It reads {relation.Name}, which has no row-level security.", model.IsTenantTable(relation.Oid)
            ? TableFix.Protect(model, relation)
            : Fix.Person($"ALTER TABLE {relation.Name} ENABLE ROW LEVEL SECURITY, with a policy that says who may read it"));
}
