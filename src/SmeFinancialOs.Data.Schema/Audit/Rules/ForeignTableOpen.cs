using SmeFinancialOs.Data.Schema.Audit.Catalog;

namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class ForeignTableOpen : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "foreign-table-open", AuditSeverity.Error,
        "A foreign table that the app may read.",
        "It cannot have policies: the other server decides what comes back.",
        Docs + "sql-createforeigntable.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from relation in scene.Catalog.Relations.Values
        where relation.Kind == 'f'
        from grant in scene.AppGrants(GrantKind.Relation, relation.Oid)
        let role = scene.Identities.NameOf(grant.Grantee)
        select Found(relation.Name, $"{role} has {grant.Privilege} on it.", $"REVOKE ALL ON TABLE {relation.Name} FROM {role};");
}
