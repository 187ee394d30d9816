namespace SmeFinancialOs.Data.Audit.Judging.Queries;

/// <summary>A query has a form that is not read; the message says which.</summary>
internal sealed class UnreadableQueryException(string message) : Exception(message);
