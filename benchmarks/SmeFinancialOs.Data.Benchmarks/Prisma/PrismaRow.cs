using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Prisma;

/// <summary>An invoice as the program writes it. Prisma has no date without a time: a date comes as its midnight in UTC.</summary>
internal sealed record PrismaRow(
    Guid OrgId, Guid Id, string Number, long AmountCents, string CustomerName, string Status, DateTime IssuedAt, DateTime CreatedAt)
{
    public InvoiceRow ToInvoiceRow() => new(OrgId, Id, Number, AmountCents, CustomerName, Status, DateOnly.FromDateTime(IssuedAt), CreatedAt);
}
