using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class DefaultPrivileges : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "default-privileges", AuditSeverity.Error,
        "Default privileges that hand new tables to the app.",
        "A table is open to the app before it has a policy.",
        Docs + "sql-alterdefaultprivileges.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from privilege in model.Catalog.DefaultPrivileges
        where model.Identities.IsApp(privilege.Grantee)
        group privilege by (privilege.Owner, privilege.Schema) into granted
        let schema = granted.Key.Schema is null ? "" : $" IN SCHEMA {granted.Key.Schema}"
        let roles = string.Join(", ", granted.Select(privilege => model.Identities.NameOf(privilege.Grantee)).Distinct())
        select Found($"{granted.Key.Owner}{schema}",
            $"New tables of {granted.Key.Owner} give {string.Join(", ", granted.Select(privilege => privilege.Privilege).Distinct())} to {roles}.",
            Fix.Safe($"ALTER DEFAULT PRIVILEGES FOR ROLE {granted.Key.Owner}{schema} REVOKE ALL ON TABLES FROM {roles};"));
}
