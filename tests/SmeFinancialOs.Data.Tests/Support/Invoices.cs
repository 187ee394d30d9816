namespace SmeFinancialOs.Data.Tests.Support;

internal static class Invoices
{
    public static NewInvoice New(string? number = null) => new()
    {
        Number = number ?? Guid.NewGuid().ToString("N"),
        AmountCents = 12_345,
        CustomerName = "Müller & Söhne",
        IssuedAt = new DateOnly(2026, 3, 31),
        Status = InvoiceStatus.Sent,
    };
}
