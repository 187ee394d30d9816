namespace SmeFinancialOs.Data.Schema;

/// <summary>A key that contexts are signed with, without its secret.</summary>
/// <param name="Id">Eight hexadecimal digits: what the key of a host begins with.</param>
/// <param name="AddedAt">When it came into force, in UTC.</param>
/// <param name="RetiredAt">When it was taken out of force, in UTC; null while it is in force.</param>
public sealed record ContextSealKey(string Id, DateTimeOffset AddedAt, DateTimeOffset? RetiredAt);
