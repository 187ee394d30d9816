using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class MaterializedViewOpen : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "materialized-view-open", AuditSeverity.Error,
        "A materialized view that the app may read.",
        "It cannot have policies and holds the rows of every tenant.",
        Docs + "sql-creatematerializedview.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from relation in model.Catalog.Relations.Values
        where relation.Kind == 'm'
        let roles = model.AppGrantees(GrantKind.Relation, relation.Oid)
        where roles.Length > 0
        select Found(relation.Name, $"{roles} has a privilege on it.", Fix.Review($"REVOKE ALL ON TABLE {relation.Name} FROM {roles};"));
}
