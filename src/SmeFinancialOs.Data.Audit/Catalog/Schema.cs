namespace SmeFinancialOs.Data.Audit.Catalog;

internal sealed record Schema(uint Oid, string Name, uint Owner);

/// <summary>
/// What is known of the database itself: also how many prepared transactions the server holds at most, and which of this database are pending.
/// </summary>
internal sealed record Database(string Name, uint Owner, int PreparedTransactions, IReadOnlyList<string> Pending);
