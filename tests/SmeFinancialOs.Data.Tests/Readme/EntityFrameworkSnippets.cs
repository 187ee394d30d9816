using Microsoft.EntityFrameworkCore;
using SmeFinancialOs.Data.Tests.EntityFramework;

namespace SmeFinancialOs.Data.Tests.Readme;

/// <summary>The C# of docs/ef-core.md, word for word.</summary>
internal static class EntityFrameworkSnippets
{
    public static async Task<int> SaveAsync(TenantConnectionFactory factory, TenantContext tenant)
    {
        // <snippet>
        await using var work = await factory.OpenConnectionAsync(tenant);
        await using var billing = await work.CreateBillingContextAsync();

        billing.Invoices.Add(new BillingInvoice { Number = "2026-002", AmountCents = 5_000, CustomerName = "Globex", IssuedAt = new DateOnly(2026, 11, 23) });
        await billing.SaveChangesAsync();
        var mine = await billing.Invoices.CountAsync(); // no filter, and nobody else's

        await work.CommitAsync();
        // </snippet>
        return mine;
    }
}

// <snippet>
internal static class BillingContextExtensions
{
    public static async Task<BillingContext> CreateBillingContextAsync(this TenantConnection work, CancellationToken cancellationToken = default)
    {
        var billing = new BillingContext(new DbContextOptionsBuilder<BillingContext>().UseNpgsql(work.Connection).Options);
        await billing.Database.UseTransactionAsync(work.Transaction, cancellationToken);
        return billing;
    }
}
// </snippet>
