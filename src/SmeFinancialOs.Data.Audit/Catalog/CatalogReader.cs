using System.Data;
using Npgsql;

namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>One read-only transaction, one round trip for all questions, each of them about all objects at once.</summary>
internal static class CatalogReader
{
    internal static async Task<CatalogSnapshot> ReadAsync(NpgsqlConnection connection, SchemaAuditOptions options, CancellationToken cancellationToken)
    {
        if (connection.PostgreSqlVersion.Major < 15)
            throw new NotSupportedException($"The server is PostgreSQL {connection.PostgreSqlVersion}; 15 or later is needed.");

        var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);
        await using var _ = transaction.ConfigureAwait(false);
        var readOnly = new NpgsqlCommand("SET TRANSACTION READ ONLY", connection, transaction);
        await using var __ = readOnly.ConfigureAwait(false);
        await readOnly.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        return await ReadInTransactionAsync(connection, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Of its own for the tests, which look at what they planted before it is rolled back.</summary>
    internal static async Task<CatalogSnapshot> ReadInTransactionAsync(NpgsqlConnection connection, SchemaAuditOptions options,
        CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch(connection);
        await using var _ = batch.ConfigureAwait(false);
        // Every question is about all objects at once. Where the catalog was never analyzed the planner expects few rows, and its nested loops took seconds.
        batch.BatchCommands.Add(new("SET LOCAL enable_nestloop = off"));
        batch.BatchCommands.Add(new("SET LOCAL jit = off")); // up to 17 what is off costs so much that it gets compiled
        batch.BatchCommands.Add(new("SET LOCAL search_path = pg_catalog"));
        foreach (var sql in CatalogQueries.InOrder)
        {
            var command = new NpgsqlBatchCommand(sql);
            if (sql.Contains("$1", StringComparison.Ordinal))
                command.Parameters.Add(new() { Value = options.Schemas is null ? DBNull.Value : options.Schemas.ToArray(), DataTypeName = "text[]" });
            if (sql.Contains("$2", StringComparison.Ordinal))
                command.Parameters.Add(new() { Value = options.TenantColumns.ToArray(), DataTypeName = "name[]" });
            batch.BatchCommands.Add(command);
        }

        var snapshot = await ReadAsync(connection, batch, cancellationToken).ConfigureAwait(false);
        return await AllowancesAsync(connection, cancellationToken).ConfigureAwait(false) is { } allowances ? snapshot with { GuardAllowances = allowances }
            : snapshot with { Unread = ["app_guard.allowlist: a relation that the guard allows is reported like any other"] };
    }

    private static async Task<CatalogSnapshot> ReadAsync(NpgsqlConnection connection, NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        var rows = new CatalogRows(reader, cancellationToken);
        return new CatalogSnapshot
        {
            ServerVersion = connection.PostgreSqlVersion,
            Database = (await rows.NextAsync(CatalogMaps.Database).ConfigureAwait(false))[0],
            Roles = (await rows.NextAsync(CatalogMaps.Role).ConfigureAwait(false)).ToDictionary(r => r.Oid),
            Memberships = await rows.NextAsync(CatalogMaps.Membership).ConfigureAwait(false),
            Relations = (await rows.NextAsync(CatalogMaps.Relation).ConfigureAwait(false)).ToDictionary(r => r.Oid),
            Columns = await ColumnsAsync(rows).ConfigureAwait(false),
            Grants = (await rows.NextAsync(CatalogMaps.Grant).ConfigureAwait(false)).ToLookup(g => (g.Kind, g.Object)),
            Indexes = (await rows.NextAsync(CatalogMaps.Index).ConfigureAwait(false)).ToLookup(i => i.Relation),
            ForeignKeys = (await rows.NextAsync(CatalogMaps.ForeignKey).ConfigureAwait(false)).ToLookup(k => k.Relation),
            Policies = await rows.NextAsync(CatalogMaps.Policy).ConfigureAwait(false),
            Functions = (await rows.NextAsync(CatalogMaps.Function).ConfigureAwait(false)).ToDictionary(f => f.Oid),
            ReadByView = (await rows.NextAsync(CatalogMaps.ViewRead).ConfigureAwait(false)).ToLookup(r => r.View, r => r.Read),
            DefaultSettings = await rows.NextAsync(CatalogMaps.DefaultSetting).ConfigureAwait(false),
            Publications = await rows.NextAsync(CatalogMaps.PublishedTable).ConfigureAwait(false),
            Schemas = await rows.NextAsync(CatalogMaps.Schema).ConfigureAwait(false),
            DefaultPrivileges = await rows.NextAsync(CatalogMaps.DefaultPrivilege).ConfigureAwait(false),
            EventTriggers = await rows.NextAsync(CatalogMaps.EventTrigger).ConfigureAwait(false),
            Triggers = (await rows.NextAsync(CatalogMaps.Trigger).ConfigureAwait(false)).ToLookup(t => t.Relation),
            RewriteRules = await rows.NextAsync(CatalogMaps.RewriteRule).ConfigureAwait(false),
            ParameterGrants = await rows.NextAsync(CatalogMaps.ParameterGrant).ConfigureAwait(false),
        };
    }

    /// <summary>Null where there is a list that the login may not read.</summary>
    private static async Task<IReadOnlyList<GuardAllowance>?> AllowancesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var question = new NpgsqlCommand(CatalogQueries.AllowlistIsReadable, connection);
        await using var _ = question.ConfigureAwait(false);
        if (await question.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not true and var answer)
            return answer is false ? null : [];
        var command = new NpgsqlCommand(CatalogQueries.Allowlist, connection);
        await using var __ = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ___ = reader.ConfigureAwait(false);
        return await new CatalogRows(reader, cancellationToken).NextAsync(CatalogMaps.GuardAllowance).ConfigureAwait(false);
    }

    private static async Task<ILookup<uint, Column>> ColumnsAsync(CatalogRows rows)
    {
        var types = (await rows.NextAsync(CatalogMaps.ColumnType).ConfigureAwait(false)).ToDictionary(type => type.Oid);
        var columns = await rows.NextAsync(r => CatalogMaps.Column(r, types)).ConfigureAwait(false);
        return columns.ToLookup(column => column.Relation);
    }
}
