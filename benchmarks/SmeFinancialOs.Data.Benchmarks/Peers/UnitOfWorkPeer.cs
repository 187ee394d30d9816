using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>This library where a request wants an open connection of its own.</summary>
internal sealed class UnitOfWorkPeer(NpgsqlDataSource dataSource, Guid organization) : IPeer
{
    private readonly TenantConnectionFactory _factory = new(dataSource);

    public string Title => "this library, unit of work";

    public async Task<IReadOnlyList<InvoiceRow>> NewestAsync()
    {
        await using var work = await _factory.OpenConnectionAsync(TenantContext.ForOrganization(organization));
        var rows = await work.QueryAsync<InvoiceRow>(PeerSql.Protected);
        await work.CommitAsync();
        return rows;
    }
}
