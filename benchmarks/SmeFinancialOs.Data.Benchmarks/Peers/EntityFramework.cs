using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>What the ways with EF Core have in common: pooled contexts over the same connection pools as everyone else's, and the query.</summary>
internal static class EntityFramework
{
    public static PooledDbContextFactory<TContext> Contexts<TContext>(NpgsqlDataSource dataSource, params TenantInterceptor[] interceptors)
        where TContext : InvoiceContext =>
        new(new DbContextOptionsBuilder<TContext>().UseNpgsql(dataSource).AddInterceptors(interceptors).Options);

    /// <summary>The newest invoices of those that are left to see.</summary>
    public static Task<List<InvoiceRow>> NewestAsync(this IQueryable<InvoiceRow> invoices) =>
        invoices.AsNoTracking().OrderByDescending(row => row.IssuedAt).ThenBy(row => row.Id).Take(50).ToListAsync();
}
