using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Ways;

/// <summary>Plain Dapper that no policy binds, the tenant in a WHERE clause.</summary>
internal sealed class DapperWay(NpgsqlDataSource dataSource, string schema) : ITotalsWay
{
    private readonly Queries _sql = new(schema, " WHERE org_id = @org");

    public Task<IReadOnlyList<InvoiceRow>> ListAsync(Guid organization) => QueryAsync<InvoiceRow>(_sql.Newest, organization);

    public Task<IReadOnlyList<StatusTotal>> TotalsAsync(Guid organization) => QueryAsync<StatusTotal>(_sql.TotalsByStatus, organization);

    public async Task<int> InsertAsync(NewRow row)
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        return await connection.ExecuteAsync(_sql.Insert, row);
    }

    private async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, Guid organization)
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        return (await connection.QueryAsync<T>(sql, new { org = organization })).AsList();
    }
}
