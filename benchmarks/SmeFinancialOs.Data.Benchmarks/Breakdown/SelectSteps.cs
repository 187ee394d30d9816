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
    private readonly string _byHand = choose(new Queries(TwinTables.Schema, HandWrittenCode.WhereOrganization));
    private readonly string _byDapper = choose(new Queries(TwinTables.Schema, " WHERE org_id = @org"));
    private readonly string _bypassing = choose(new Queries(TableSets.Protected, HandWrittenCode.WhereOrganization));
    private readonly string _protected = choose(new Queries(TableSets.Protected, ""));
    private readonly Guid _organization = pools.Dataset.MeasuredOrganization;
    private readonly ITenantSession _session = pools.Factory.CreateSession(TenantContext.ForOrganization(pools.Dataset.MeasuredOrganization));

    public Task<object?> OneTripAsync() => ScalarAsync(pools.App, "SELECT 1");

    public Task<object?> OneTripNotResetAsync() => ScalarAsync(pools.AppNotReset, "SELECT 1");

    public Task<object?> SettingsAloneAsync() =>
        ScalarAsync(pools.App, HandWrittenCode.SettingsSql(HandWrittenCode.TenantRole), HandWrittenCode.SettingsParameter(_organization));

    /// <summary>The rows arrive, and are not looked at.</summary>
    public async Task<int> SkipAsync()
    {
        await using var connection = await pools.Twin.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(_byHand, connection) { Parameters = { HandWrittenCode.Uuid(_organization) } };
        await using var reader = await command.ExecuteReaderAsync();
        var rows = 0;
        while (await reader.ReadAsync())
            rows++;
        return rows;
    }

    public async Task<IReadOnlyList<TRow>> ReadAsync()
    {
        await using var connection = await pools.Twin.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(_byHand, connection) { Parameters = { HandWrittenCode.Uuid(_organization) } };
        await using var reader = await command.ExecuteReaderAsync();
        return await HandWrittenCode.ReadAllAsync(reader, read);
    }

    public async Task<IReadOnlyList<TRow>> DapperAsync()
    {
        await using var connection = await pools.Twin.OpenConnectionAsync();
        return (await connection.QueryAsync<TRow>(_byDapper, new { org = _organization })).AsList();
    }

    public Task<IReadOnlyList<TRow>> SettingsInBatchAsync() => HandWrittenCode.QueryWithSettingsAsync(
        pools.Twin, _organization, pools.TwinLogin, HandWrittenCode.Statement(_byHand, HandWrittenCode.Uuid(_organization)), read);

    public Task<IReadOnlyList<TRow>> WithoutPoliciesAsync() => HandWrittenCode.QueryWithSettingsAsync(
        pools.Bypass, _organization, pools.BypassLogin, HandWrittenCode.Statement(_bypassing, HandWrittenCode.Uuid(_organization)), read);

    public Task<IReadOnlyList<TRow>> WithPoliciesAsync() =>
        HandWrittenCode.QueryWithSettingsAsync(pools.App, _organization, HandWrittenCode.TenantRole, HandWrittenCode.Statement(_protected), read);

    public Task<IReadOnlyList<TRow>> SessionAsync() => _session.QueryAsync<TRow>(_protected);

    /// <summary>BEGIN rides with the settings; then the query; then COMMIT.</summary>
    public async Task<IReadOnlyList<TRow>> ThreeTripsAsync()
    {
        await using var connection = await pools.App.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await HandWrittenCode.ApplySettingsAsync(connection, transaction, _organization);
        IReadOnlyList<TRow> rows;
        await using (var query = new NpgsqlCommand(_protected, connection, transaction))
        await using (var reader = await query.ExecuteReaderAsync())
            rows = await HandWrittenCode.ReadAllAsync(reader, read);
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
