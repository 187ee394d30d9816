using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Overhead;

/// <summary>The yardstick: plain Dapper on tables without policies, the tenant in a WHERE clause that nobody may forget.</summary>
internal sealed class WithoutRls(NpgsqlDataSource dataSource, Dataset dataset) : IWay
{
    private static readonly Queries Sql = new(TwinTables.Schema, " WHERE org_id = @org");

    public async Task<IReadOnlyList<InvoiceRow>> NewestAsync()
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        return (await connection.QueryAsync<InvoiceRow>(Sql.Newest, new { org = dataset.MeasuredOrganization })).AsList();
    }

    public async Task<IReadOnlyList<StatusCount>> CountByStatusAsync()
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        return (await connection.QueryAsync<StatusCount>(Sql.CountByStatus, new { org = dataset.MeasuredOrganization })).AsList();
    }

    public async Task<int> InsertAsync(NewRow row)
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        return await connection.ExecuteAsync(Sql.Insert, row);
    }

    public async Task<IReadOnlyList<OrganizationTotal>> GetTotalsByOrganizationAsync()
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        return (await connection.QueryAsync<OrganizationTotal>(Sql.TotalsByOrganization)).AsList();
    }
}
