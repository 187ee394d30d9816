namespace SmeFinancialOs.Data;

/// <summary>Where an invoice stands. Stored as its name in lower case.</summary>
public enum InvoiceStatus
{
    /// <summary>Being written.</summary>
    Draft,

    /// <summary>Written, waiting for approval.</summary>
    Pending,

    /// <summary>With the customer.</summary>
    Sent,

    /// <summary>Paid in full.</summary>
    Paid,

    /// <summary>With the customer for longer than agreed.</summary>
    Overdue,

    /// <summary>Cancelled; kept for the books.</summary>
    Void,
}
