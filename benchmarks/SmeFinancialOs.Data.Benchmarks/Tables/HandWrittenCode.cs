using Npgsql;
using NpgsqlTypes;

namespace SmeFinancialOs.Data.Benchmarks.Tables;

/// <summary>What hand-coded ADO.NET repeats: typed parameters, rows read column by column, the settings of a tenant as a statement.</summary>
internal static class HandWrittenCode
{
    public const string WhereOrganization = " WHERE org_id = $1";

    /// <summary>The role of a tenant on the protected tables.</summary>
    public const string TenantRole = "tenant_role";

    public static NpgsqlBatchCommand Statement(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var statement = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            statement.Parameters.Add(parameter);
        return statement;
    }

    public static NpgsqlParameter Uuid(Guid value) => new NpgsqlParameter<Guid> { TypedValue = value };

    /// <summary>Tenant and role for the rest of the transaction, as this library sets them.</summary>
    public static string SettingsSql(string role) =>
        $"SELECT pg_catalog.set_config('app.current_org_id', $1, true), pg_catalog.set_config('role', '{role}', true)";

    public static NpgsqlParameter SettingsParameter(Guid organization) =>
        new NpgsqlParameter<string> { TypedValue = organization.ToString(), NpgsqlDbType = NpgsqlDbType.Text };

    /// <summary>The settings of a tenant in a round trip of their own, which BEGIN shares.</summary>
    public static async Task ApplySettingsAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Guid organization)
    {
        await using var settings = new NpgsqlCommand(SettingsSql(TenantRole), connection, transaction) { Parameters = { SettingsParameter(organization) } };
        await settings.ExecuteNonQueryAsync();
    }

    public static InvoiceRow ReadInvoice(NpgsqlDataReader reader) => new(
        reader.GetGuid(0),
        reader.GetGuid(1),
        reader.GetString(2),
        reader.GetInt64(3),
        reader.GetString(4),
        reader.GetString(5),
        reader.GetFieldValue<DateOnly>(6),
        reader.GetDateTime(7));

    public static StatusCount ReadStatusCount(NpgsqlDataReader reader) => new(reader.GetString(0), reader.GetInt64(1));

    public static async Task<IReadOnlyList<T>> ReadAllAsync<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync())
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>The settings and a query in one round trip: a batch without BEGIN is one implicit transaction, and the settings end with it.</summary>
    public static async Task<IReadOnlyList<T>> QueryWithSettingsAsync<T>(
        NpgsqlDataSource dataSource, Guid organization, string role, NpgsqlBatchCommand query, Func<NpgsqlDataReader, T> read)
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Statement(SettingsSql(role), SettingsParameter(organization)), query } };
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        return await ReadAllAsync(reader, read);
    }
}
