using System.Data;
using Npgsql;

namespace SmeFinancialOs.Data.Schema.Audit.Catalog;

// One read-only transaction, one round trip for all questions, each of them about all objects at once.
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

    // Of its own for the tests, which look at what they planted before it is rolled back.
    internal static async Task<CatalogSnapshot> ReadInTransactionAsync(NpgsqlConnection connection, SchemaAuditOptions options, CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch(connection);
        await using var _ = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(new("SET LOCAL search_path = pg_catalog"));
        foreach (var sql in CatalogQueries.InOrder)
        {
            var command = new NpgsqlBatchCommand(sql);
            if (sql.Contains("$1", StringComparison.Ordinal))
                command.Parameters.Add(new() { Value = options.Schemas is null ? DBNull.Value : options.Schemas.ToArray(), DataTypeName = "text[]" });
            batch.BatchCommands.Add(command);
        }

        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        var rows = new CatalogRows(reader, cancellationToken);
        var database = await rows.NextAsync(r => r.GetString(0)).ConfigureAwait(false);
        var snapshot = new CatalogSnapshot
        {
            ServerVersion = connection.PostgreSqlVersion,
            Database = database[0],
            Roles = (await rows.NextAsync(r => new Role(r.Oid(0), r.GetString(1), r.GetBoolean(2), r.GetBoolean(3), r.GetBoolean(4), r.GetBoolean(5), r.GetBoolean(6))).ConfigureAwait(false)).ToDictionary(r => r.Oid),
            Memberships = await rows.NextAsync(r => new Membership(r.Oid(0), r.Oid(1), r.IsDBNull(2) ? null : r.GetBoolean(2))).ConfigureAwait(false),
            Relations = (await rows.NextAsync(r => new Relation(r.Oid(0), r.GetString(1), r.Letter(2), r.Oid(3), r.GetBoolean(4), r.GetBoolean(5), r.GetBoolean(6), r.GetBoolean(7), r.Oids(8))).ConfigureAwait(false)).ToDictionary(r => r.Oid),
            Columns = (await rows.NextAsync(r => new Column(r.Oid(0), r.GetInt16(1), r.GetString(2), r.GetString(3), r.GetBoolean(4))).ConfigureAwait(false)).ToLookup(c => c.Relation),
            Grants = (await rows.NextAsync(r => new Grant((GrantKind)r.GetInt32(0), r.Oid(1), r.Oid(2), r.GetString(3))).ConfigureAwait(false)).ToLookup(g => (g.Kind, g.Object)),
            Indexes = (await rows.NextAsync(r => new Index(r.Oid(0), r.GetString(1), r.Text(2), r.Numbers(3), r.GetBoolean(4), r.GetBoolean(5), r.GetBoolean(6), r.GetBoolean(7))).ConfigureAwait(false)).ToLookup(i => i.Relation),
            ForeignKeys = await rows.NextAsync(r => new ForeignKey(r.GetString(0), r.Oid(1), r.Oid(2), r.Numbers(3), r.Numbers(4), r.Letter(5), r.Letter(6), r.Numbers(7))).ConfigureAwait(false),
            Policies = await rows.NextAsync(r => new Policy(r.Oid(0), r.GetString(1), r.GetBoolean(2), r.Letter(3), r.Oids(4), r.Text(5), r.Text(6), r.Oids(7), r.Oids(8))).ConfigureAwait(false),
            Functions = (await rows.NextAsync(r => new Function(r.Oid(0), r.GetString(1), r.GetString(2), r.Oid(3), r.GetBoolean(4), r.GetBoolean(5), r.Letter(6), r.GetString(7), r.GetFieldValue<string[]>(8), r.GetString(9), r.GetBoolean(10))).ConfigureAwait(false)).ToDictionary(f => f.Oid),
            ReadByView = (await rows.NextAsync(r => (View: r.Oid(0), Read: r.Oid(1))).ConfigureAwait(false)).ToLookup(r => r.View, r => r.Read),
            DefaultSettings = await rows.NextAsync(r => new DefaultSetting(r.Text(0), r.Text(1), r.GetString(2))).ConfigureAwait(false),
            Publications = await rows.NextAsync(r => new PublishedTable(r.GetString(0), r.Oid(1), r.GetBoolean(2), r.GetString(3))).ConfigureAwait(false),
            Schemas = await rows.NextAsync(r => new NamedObject(r.Oid(0), r.GetString(1))).ConfigureAwait(false),
            DefaultPrivileges = await rows.NextAsync(r => new DefaultPrivilege(r.GetString(0), r.Text(1), r.Oid(2), r.GetString(3))).ConfigureAwait(false),
            DisabledEventTriggers = await rows.NextAsync(r => r.GetString(0)).ConfigureAwait(false),
        };
        return snapshot;
    }
}
