using SmeFinancialOs.Data.Schema.Audit.Catalog;

namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class GrantReferences : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "grant-references", AuditSeverity.Error,
        "REFERENCES on a tenant table for the app.",
        "A foreign key to the table tells whether a hidden row exists.",
        Docs + "ddl-priv.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from table in scene.TenantTables
        from grant in scene.AppGrants(GrantKind.Relation, table.Oid)
        where grant.Privilege == "REFERENCES"
        let role = scene.Identities.NameOf(grant.Grantee)
        select Found(table.Name, $"{role} has REFERENCES on it.", $"REVOKE REFERENCES ON TABLE {table.Name} FROM {role};");
}
