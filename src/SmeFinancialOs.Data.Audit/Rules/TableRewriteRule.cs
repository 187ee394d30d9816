using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class TableRewriteRule : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "table-rewrite-rule", AuditSeverity.Warning,
        "A rewrite rule on a tenant table.",
        "A rule reads and writes other tables as the owner of this one: their grants are not asked, and their policies are asked about the owner.",
        Docs + "rules-privileges.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from rule in model.Catalog.RewriteRules
        where model.IsTenantTable(rule.Relation)
        let table = model.Catalog.Relations[rule.Relation].Name
        select Found($"{Identifier.Quote(rule.Name)} on {table}", "What it does is done with the rights of the table's owner.",
            Fix.Review($"DROP RULE {Identifier.Quote(rule.Name)} ON {table};"));
}
