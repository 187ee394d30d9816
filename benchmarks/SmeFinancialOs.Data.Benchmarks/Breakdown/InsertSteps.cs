using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Breakdown;

/// <summary>INSERT of one row, with more and more of a protected request around it.</summary>
internal sealed class InsertSteps(BreakdownPools pools)
{
    private readonly string _unprotected = new Queries(TwinTables.Schema, "").Insert;
    private readonly string _protected = new Queries(TableSets.Protected, "").Insert;
    private readonly ITenantSession _session = pools.Factory.CreateSession(TenantContext.ForOrganization(pools.Dataset.InsertingOrganization));

    public async Task<int> PlainAsync(NewRow row)
    {
        await using var connection = await pools.Twin.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(_unprotected, connection);
        command.Parameters.AddRange(Parameters(row));
        return await command.ExecuteNonQueryAsync();
    }

    public async Task<int> DapperAsync(NewRow row)
    {
        await using var connection = await pools.Twin.OpenConnectionAsync();
        return await connection.ExecuteAsync(_unprotected, row);
    }

    public Task<int> SettingsInBatchAsync(NewRow row) => WithSettingsAsync(pools.Twin, pools.TwinLogin, _unprotected, row);

    public Task<int> WithoutPoliciesAsync(NewRow row) => WithSettingsAsync(pools.Bypass, pools.BypassLogin, _protected, row);

    public Task<int> WithPoliciesAsync(NewRow row) => WithSettingsAsync(pools.App, HandWrittenCode.TenantRole, _protected, row);

    public Task<int> SessionAsync(NewRow row) => _session.ExecuteAsync(_protected, row);

    private static async Task<int> WithSettingsAsync(NpgsqlDataSource dataSource, string role, string sql, NewRow row)
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        var insert = HandWrittenCode.Statement(sql, Parameters(row));
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { HandWrittenCode.Statement(HandWrittenCode.SettingsSql(role), HandWrittenCode.SettingsParameter(row.OrgId)), insert },
        };
        await batch.ExecuteNonQueryAsync();
        return insert.RecordsAffected;
    }

    private static NpgsqlParameter[] Parameters(NewRow row) =>
    [
        new NpgsqlParameter<Guid>("OrgId", row.OrgId),
        new NpgsqlParameter<Guid>("Id", row.Id),
        new NpgsqlParameter<string>("Number", row.Number),
        new NpgsqlParameter<long>("AmountCents", row.AmountCents),
        new NpgsqlParameter<string>("CustomerName", row.CustomerName),
        new NpgsqlParameter<string>("Status", row.Status),
        new NpgsqlParameter<DateOnly>("IssuedAt", row.IssuedAt),
    ];
}
