using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class PublicationWithoutFilter : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "publication-without-filter", AuditSeverity.Warning,
        "A publication that hands out the rows of every tenant.",
        "Policies are not asked when rows are published: the subscriber gets them all.",
        Docs + "logical-replication-row-filter.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from published in model.Catalog.Publications
        where !published.Filtered && model.IsTenantTable(published.Relation)
        let table = model.Catalog.Relations[published.Relation].Name
        let publication = Identifier.Quote(published.Publication)
        select Found($"{table} in publication {publication}", "It is published without a row filter.", Fix.Person(published.Form == "TABLE"
            ? $"which rows the subscriber may have: ALTER PUBLICATION {publication} SET TABLE {table} WHERE (..);"
            : $"publish tables one by one, with WHERE (..), instead of {publication}"));
}
