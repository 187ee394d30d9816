namespace SmeFinancialOs.Data;

/// <summary>How many rows of one table went with a deleted organization.</summary>
/// <param name="TableName">The table with its schema, for instance <c>public.invoices</c>.</param>
/// <param name="Count">The number of rows.</param>
public sealed record DeletedRows(string TableName, long Count);
