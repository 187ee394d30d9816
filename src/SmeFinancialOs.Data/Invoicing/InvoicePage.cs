namespace SmeFinancialOs.Data;

/// <summary>A page of a list, newest first.</summary>
/// <param name="Items">The invoices of this page.</param>
/// <param name="Next">Where the next page starts; null when this is the last one.</param>
public sealed record InvoicePage(IReadOnlyList<Invoice> Items, InvoiceCursor? Next);

/// <summary>A place in the list of invoices. It names a row, so rows written or deleted meanwhile neither repeat nor hide others.</summary>
/// <param name="IssuedAt">The date of the last invoice seen.</param>
/// <param name="Id">The id of the last invoice seen.</param>
public sealed record InvoiceCursor(DateOnly IssuedAt, Guid Id);
