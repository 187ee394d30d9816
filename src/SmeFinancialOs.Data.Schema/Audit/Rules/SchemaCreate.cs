using SmeFinancialOs.Data.Schema.Audit.Catalog;

namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class SchemaCreate : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "schema-create", AuditSeverity.Error,
        "A schema in which the app may create objects.",
        "A table or function of the app's own takes the place of a name that others look up.",
        Docs + "ddl-schemas.html#DDL-SCHEMAS-PATTERNS");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from schema in scene.Catalog.Schemas
        from grant in scene.AppGrants(GrantKind.Schema, schema.Oid)
        where grant.Privilege == "CREATE"
        let role = scene.Identities.NameOf(grant.Grantee)
        select Found(schema.Name, $"{role} may create objects in it.", $"REVOKE CREATE ON SCHEMA {schema.Name} FROM {role};");
}
