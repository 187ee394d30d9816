using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>Plain Dapper on tables without policies: what a team gives up when it turns to row-level security.</summary>
internal sealed class DapperPeer(NpgsqlDataSource dataSource, Guid organization) : IPeer
{
    public string Title => "Dapper, unprotected";

    public async Task<IReadOnlyList<InvoiceRow>> NewestAsync()
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        return (await connection.QueryAsync<InvoiceRow>(PeerSql.Unprotected, new { org = organization })).AsList();
    }
}
