using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>What a team writes by hand with Dapper, and does right: settings that end with their transaction.</summary>
internal sealed class HandWrittenPeer(NpgsqlDataSource dataSource, Guid organization) : IPeer
{
    public string Title => "hand-written, Dapper";

    public async Task<IReadOnlyList<InvoiceRow>> NewestAsync()
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(
            "SELECT set_config('app.current_org_id', @org, true), set_config('role', 'tenant_role', true)", new { org = organization.ToString() }, transaction);
        var rows = (await connection.QueryAsync<InvoiceRow>(PeerSql.Protected, transaction: transaction)).AsList();
        await transaction.CommitAsync();
        return rows;
    }
}
