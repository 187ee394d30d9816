namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class DefaultPrivileges : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "default-privileges", AuditSeverity.Error,
        "Default privileges that hand new tables to the app.",
        "A table is open to the app before it has a policy.",
        Docs + "sql-alterdefaultprivileges.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from privilege in scene.Catalog.DefaultPrivileges
        where scene.Identities.IsApp(privilege.Grantee)
        let role = scene.Identities.NameOf(privilege.Grantee)
        let schema = privilege.Schema is null ? "" : $" IN SCHEMA {privilege.Schema}"
        select Found($"{privilege.Owner}{schema}", $"New tables of {privilege.Owner} give {privilege.Privilege} to {role}.",
            $"ALTER DEFAULT PRIVILEGES FOR ROLE {privilege.Owner}{schema} REVOKE ALL ON TABLES FROM {role};");
}
