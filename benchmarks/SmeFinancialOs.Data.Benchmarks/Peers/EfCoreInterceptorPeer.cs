using Microsoft.EntityFrameworkCore;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>EF Core with the tenant set by an interceptor.</summary>
internal sealed class EfCoreInterceptorPeer(NpgsqlDataSource dataSource, Guid organization) : IPeer
{
    private readonly IDbContextFactory<ProtectedContext> _contexts = EntityFramework.Contexts<ProtectedContext>(dataSource, new TenantInterceptor(organization));

    public string Title => "EF Core, interceptor";

    public async Task<IReadOnlyList<InvoiceRow>> NewestAsync()
    {
        await using var context = await _contexts.CreateDbContextAsync();
        return await context.Invoices.NewestAsync();
    }
}
