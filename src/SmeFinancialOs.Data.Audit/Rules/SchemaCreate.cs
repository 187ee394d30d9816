using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class SchemaCreate : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "schema-create", AuditSeverity.Error,
        "A schema in which the app may create objects.",
        "A table or function of the app's own takes the place of a name that others look up.",
        Docs + "ddl-schemas.html#DDL-SCHEMAS-PATTERNS");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from schema in model.Catalog.Schemas
        let roles = model.AppGrantees(GrantKind.Schema, schema.Oid, "CREATE")
        where roles.Length > 0
        select Found(schema.Name, $"{roles} may create objects in it.", Fix.Review($"REVOKE CREATE ON SCHEMA {schema.Name} FROM {roles};"));
}
