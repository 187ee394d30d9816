namespace SmeFinancialOs.Data;

/// <summary>What the invoices of one status come to.</summary>
/// <param name="Status">The status.</param>
/// <param name="Count">How many invoices.</param>
/// <param name="AmountCents">Their sum in cents.</param>
public sealed record InvoiceStatusTotal(InvoiceStatus Status, long Count, long AmountCents)
{
    /// <summary>The status alone: amounts do not belong in a log.</summary>
    public override string ToString() => $"InvoiceStatusTotal {Status}";
}

/// <summary>What the invoices of one organization come to.</summary>
/// <param name="OrganizationId">The organization.</param>
/// <param name="OrganizationName">Its display name.</param>
/// <param name="Count">How many invoices.</param>
/// <param name="AmountCents">Their sum in cents.</param>
public sealed record InvoiceOrganizationTotal(Guid OrganizationId, string OrganizationName, long Count, long AmountCents)
{
    /// <summary>The id of the organization alone: names and amounts do not belong in a log.</summary>
    public override string ToString() => $"InvoiceOrganizationTotal {OrganizationId}";
}
