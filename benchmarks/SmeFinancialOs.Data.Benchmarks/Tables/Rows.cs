namespace SmeFinancialOs.Data.Benchmarks.Tables;

/// <summary>An invoice as the SELECT returns it, the same for all ways.</summary>
public sealed record InvoiceRow(
    Guid OrgId, Guid Id, string Number, long AmountCents, string CustomerName, string Status, DateOnly IssuedAt, DateTime CreatedAt);

/// <summary>A row of COUNT(*) GROUP BY status.</summary>
public sealed record StatusCount(string Status, long Count);

/// <summary>A row of count and sum by status.</summary>
public sealed record StatusTotal(string Status, long Count, long AmountCents);

/// <summary>A row of the analytics across organizations.</summary>
public sealed record OrganizationTotal(Guid Id, string Name, long Count, long AmountCents);

/// <summary>A row to be inserted.</summary>
public sealed record NewRow(Guid OrgId, Guid Id, string Number, long AmountCents, string CustomerName, string Status, DateOnly IssuedAt);
