using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class CascadeFromSharedTable : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "cascade-from-shared-table", AuditSeverity.Error,
        "A shared table whose deletion reaches the rows of every tenant.",
        "Actions of foreign keys ask no policy: whoever deletes the shared row deletes or changes what other tenants have under it.",
        Docs + "ddl-constraints.html#DDL-CONSTRAINTS-FK");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from key in model.Catalog.ForeignKeys.SelectMany(keys => keys)
        where model.IsTenantTable(key.Relation) && !model.IsTenantTable(key.Target) && (key.OnDelete is 'c' or 'n' or 'd' || key.OnUpdate is 'c' or 'n' or 'd')
        let table = model.Catalog.Relations.GetValueOrDefault(key.Target)
        where table is not null
        let target = table.Name
        let roles = model.AppGrantees(GrantKind.Relation, key.Target, "DELETE", "UPDATE")
        where roles.Length > 0 && (!table.RowSecurity || model.Identities.IsApp(table.Owner) || "dw".Any(command => Allows(model, table, command)))
        select Found(model.NameOf(key), $"{roles} may delete or change rows of {target}, which takes those of every tenant along.",
            Fix.Review($"REVOKE DELETE, UPDATE ON TABLE {target} FROM {roles};"));

    private static bool Allows(DatabaseModel model, Relation table, char command) => model.Catalog.Policies.Any(policy =>
        policy.Relation == table.Oid && policy.Permissive && policy.Covers(command) && policy.Roles.Any(model.Identities.IsApp));
}
