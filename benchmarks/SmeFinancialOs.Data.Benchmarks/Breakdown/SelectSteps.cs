using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Breakdown;

/// <summary>One query of one organization, with more and more of a protected request around it.</summary>
/// <param name="pools">The logins.</param>
/// <param name="choose">Picks the query.</param>
/// <param name="read">A row of it, by hand.</param>
internal sealed class SelectSteps<TRow>(BreakdownPools pools, Func<Queries, string> choose, Func<NpgsqlDataReader, TRow> read)
{
    private readonly string _byHand = choose(new Queries(TwinTables.Schema, HandCoded.WhereOrganization));
    private readonly string _byDapper = choose(new Queries(TwinTables.Schema, " WHERE org_id = @org"));
    private readonly string _bypassing = choose(new Queries(TableSets.Protected, HandCoded.WhereOrganization));
    private readonly string _protected = choose(new Queries(TableSets.Protected, ""));
    private readonly Guid _organization = pools.Dataset.MeasuredOrganization;
    private readonly ITenantSession _session = pools.Factory.CreateSession(TenantContext.ForOrganization(pools.Dataset.MeasuredOrganization));

    public Task<object?> OneTripAsync() => ScalarAsync(pools.App, "SELECT 1");

    public Task<object?> SettingsAloneAsync() =>
        ScalarAsync(pools.App, HandCoded.SettingsSql(HandCoded.TenantRole), HandCoded.SettingsParameter(_organization));

    /// <summary>The rows arrive, and are not looked at.</summary>
    public async Task<int> SkipAsync()
    {
        await using var connection = await pools.Twin.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(_byHand, connection) { Parameters = { HandCoded.Uuid(_organization) } };
        await using var reader = await command.ExecuteReaderAsync();
        var rows = 0;
        while (await reader.ReadAsync())
            rows++;
        return rows;
    }

    public async Task<IReadOnlyList<TRow>> ReadAsync()
    {
        await using var connection = await pools.Twin.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(_byHand, connection) { Parameters = { HandCoded.Uuid(_organization) } };
        await using var reader = await command.ExecuteReaderAsync();
        return await HandCoded.ReadAllAsync(reader, read);
    }

    public async Task<IReadOnlyList<TRow>> DapperAsync()
    {
        await using var connection = await pools.Twin.OpenConnectionAsync();
        return (await connection.QueryAsync<TRow>(_byDapper, new { org = _organization })).AsList();
    }

    public Task<IReadOnlyList<TRow>> SettingsInBatchAsync() => HandCoded.QueryWithSettingsAsync(
        pools.Twin, _organization, pools.TwinLogin, HandCoded.Statement(_byHand, HandCoded.Uuid(_organization)), read);

    public Task<IReadOnlyList<TRow>> WithoutPoliciesAsync() => HandCoded.QueryWithSettingsAsync(
        pools.Bypass, _organization, pools.BypassLogin, HandCoded.Statement(_bypassing, HandCoded.Uuid(_organization)), read);

    public Task<IReadOnlyList<TRow>> WithPoliciesAsync() =>
        HandCoded.QueryWithSettingsAsync(pools.App, _organization, HandCoded.TenantRole, HandCoded.Statement(_protected), read);

    public Task<IReadOnlyList<TRow>> SessionAsync() => _session.QueryAsync<TRow>(_protected);

    /// <summary>BEGIN rides with the settings; then the query; then COMMIT.</summary>
    public async Task<IReadOnlyList<TRow>> ThreeTripsAsync()
    {
        await using var connection = await pools.App.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await HandCoded.ApplySettingsAsync(connection, transaction, _organization);
        IReadOnlyList<TRow> rows;
        await using (var query = new NpgsqlCommand(_protected, connection, transaction))
        await using (var reader = await query.ExecuteReaderAsync())
            rows = await HandCoded.ReadAllAsync(reader, read);
        await transaction.CommitAsync();
        return rows;
    }

    private static async Task<object?> ScalarAsync(NpgsqlDataSource dataSource, string sql, params NpgsqlParameter[] parameters)
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        return await command.ExecuteScalarAsync();
    }
}
