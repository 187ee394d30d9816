using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class ForeignTableOpen : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "foreign-table-open", AuditSeverity.Error,
        "A foreign table that the app may read.",
        "It cannot have policies: the other server decides what comes back.",
        Docs + "sql-createforeigntable.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from relation in model.Catalog.Relations.Values
        where relation.Kind == 'f'
        let roles = model.AppGrantees(GrantKind.Relation, relation.Oid)
        where roles.Length > 0
        select Found(relation.Name, $"{roles} has a privilege on it.", Fix.Review($"REVOKE ALL ON TABLE {relation.Name} FROM {roles};"));
}
