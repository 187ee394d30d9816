using Microsoft.EntityFrameworkCore;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>EF Core with the tenant set inside a transaction, so that it ends with it.</summary>
internal sealed class EfCoreTransactionPeer(NpgsqlDataSource dataSource, Guid organization) : IPeer
{
    private readonly IDbContextFactory<ProtectedContext> _contexts = EntityFramework.Contexts<ProtectedContext>(dataSource);
    private readonly string _organization = organization.ToString();

    public string Title => "EF Core, transaction";

    public async Task<IReadOnlyList<InvoiceRow>> NewestAsync()
    {
        await using var context = await _contexts.CreateDbContextAsync();
        await using var transaction = await context.Database.BeginTransactionAsync();
        await context.Database.ExecuteSqlAsync($"SELECT set_config('app.current_org_id', {_organization}, true), set_config('role', 'tenant_role', true)");
        var rows = await context.Invoices.NewestAsync();
        await transaction.CommitAsync();
        return rows;
    }
}
