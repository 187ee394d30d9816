namespace SmeFinancialOs.Data.Schema.Audit.Catalog;

internal sealed record Schema(uint Oid, string Name, uint Owner);

// What is known of the database itself.
internal sealed record Database(string Name, uint Owner);
