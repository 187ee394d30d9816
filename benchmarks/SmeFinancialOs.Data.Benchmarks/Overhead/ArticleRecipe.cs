using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Overhead;

/// <summary>
/// The control: the article's policies, called as begin, set_config, query, commit. Outside a transaction the setting would be gone before
/// the query runs, and the query would return nothing; so every call has one.
/// </summary>
/// <param name="tenants">
/// A login without the admin role. The article grants the role to the app's own login; its admin_bypass then lets every request see all
/// rows, and there would be no tenant's result to compare.
/// </param>
/// <param name="admins">A login with the admin role.</param>
/// <param name="dataset">Knows the tenants.</param>
internal sealed class ArticleRecipe(NpgsqlDataSource tenants, NpgsqlDataSource admins, Dataset dataset) : IWay
{
    private static readonly Queries Sql = new(ArticleTables.Schema, "");

    private readonly string _measured = dataset.MeasuredOrganization.ToString();
    private readonly string _inserting = dataset.InsertingOrganization.ToString();

    public Task<IReadOnlyList<InvoiceRow>> NewestAsync() => QueryAsync<InvoiceRow>(tenants, Sql.Newest);

    public Task<IReadOnlyList<StatusCount>> CountByStatusAsync() => QueryAsync<StatusCount>(tenants, Sql.CountByStatus);

    public async Task<int> InsertAsync(NewRow row)
    {
        await using var connection = await tenants.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await SetOrganizationAsync(connection, transaction, _inserting);
        var inserted = await connection.ExecuteAsync(Sql.Insert, row, transaction);
        await transaction.CommitAsync();
        return inserted;
    }

    public Task<IReadOnlyList<OrganizationTotal>> GetTotalsByOrganizationAsync() => QueryAsync<OrganizationTotal>(admins, Sql.TotalsByOrganization);

    private async Task<IReadOnlyList<T>> QueryAsync<T>(NpgsqlDataSource dataSource, string sql)
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await SetOrganizationAsync(connection, transaction, _measured);
        var rows = (await connection.QueryAsync<T>(sql, transaction: transaction)).AsList();
        await transaction.CommitAsync();
        return rows;
    }

    private static Task<int> SetOrganizationAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string organization) =>
        connection.ExecuteAsync("SELECT set_config('app.current_org_id', @organization, true)", new { organization }, transaction);
}
