namespace SmeFinancialOs.Data;

/// <summary>A page of a list, newest first.</summary>
public sealed class InvoicePage
{
    /// <summary>The invoices of this page.</summary>
    public required IReadOnlyList<Invoice> Items { get; init; }

    /// <summary>Where the next page starts; null when this is the last one.</summary>
    public InvoiceCursor? Next { get; init; }
}

/// <summary>A place in the list of invoices. It names a row, so rows written or deleted meanwhile neither repeat nor hide others.</summary>
/// <param name="IssuedAt">The date of the last invoice seen.</param>
/// <param name="Id">The id of the last invoice seen.</param>
public sealed record InvoiceCursor(DateOnly IssuedAt, Guid Id);
