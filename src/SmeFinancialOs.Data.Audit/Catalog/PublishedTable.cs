namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>Form: how the publication came by the table, TABLE, SCHEMA or ALL.</summary>
internal sealed record PublishedTable(string Publication, uint Relation, bool Filtered, string Form);
