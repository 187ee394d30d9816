using Microsoft.EntityFrameworkCore;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>EF Core on tables without policies.</summary>
internal sealed class EfCorePeer(NpgsqlDataSource dataSource, Guid organization) : IPeer
{
    private readonly IDbContextFactory<UnprotectedContext> _contexts = EntityFramework.Contexts<UnprotectedContext>(dataSource);

    public string Title => "EF Core, unprotected";

    public async Task<IReadOnlyList<InvoiceRow>> NewestAsync()
    {
        await using var context = await _contexts.CreateDbContextAsync();
        return await context.Invoices.Where(row => row.OrgId == organization).NewestAsync();
    }
}
