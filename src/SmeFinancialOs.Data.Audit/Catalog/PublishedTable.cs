namespace SmeFinancialOs.Data.Audit.Catalog;

// Form: how the publication came by the table, TABLE, SCHEMA or ALL.
internal sealed record PublishedTable(string Publication, uint Relation, bool Filtered, string Form);
