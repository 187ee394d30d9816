using SmeFinancialOs.Data.Schema.Audit.Catalog;

namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class MaterializedViewOpen : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "materialized-view-open", AuditSeverity.Error,
        "A materialized view that the app may read.",
        "It cannot have policies and holds the rows of every tenant.",
        Docs + "sql-creatematerializedview.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from relation in scene.Catalog.Relations.Values
        where relation.Kind == 'm'
        from grant in scene.AppGrants(GrantKind.Relation, relation.Oid)
        let role = scene.Identities.NameOf(grant.Grantee)
        select Found(relation.Name, $"{role} has {grant.Privilege} on it.", $"REVOKE ALL ON TABLE {relation.Name} FROM {role};");
}
