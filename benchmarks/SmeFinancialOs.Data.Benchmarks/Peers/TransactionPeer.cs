using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>This library for several statements that stand or fall together; here it is one.</summary>
internal sealed class TransactionPeer(NpgsqlDataSource dataSource, Guid organization) : IPeer
{
    private readonly TenantConnectionFactory _factory = new(dataSource);

    public string Title => "this library, transaction";

    public async Task<IReadOnlyList<InvoiceRow>> NewestAsync()
    {
        await using var transaction = _factory.BeginTransaction(TenantContext.ForOrganization(organization));
        var rows = await transaction.QueryAsync<InvoiceRow>(PeerSql.Protected);
        await transaction.CommitAsync();
        return rows;
    }
}
