using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class LoginReplication : LoginAttributeRule
{
    public override AuditRule Description { get; } = new(
        "login-replication", AuditSeverity.Error,
        "A login that has or may come by REPLICATION.",
        "It can read every row of every tenant from the write-ahead log.",
        Docs + "role-attributes.html");

    protected override string Attribute => "REPLICATION";

    protected override bool Has(Role role) => role.Replicates;
}
