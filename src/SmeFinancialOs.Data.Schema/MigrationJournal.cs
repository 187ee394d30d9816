using System.Data;
using DbUp.Engine;
using Npgsql;

namespace SmeFinancialOs.Data.Schema;

/// <summary>
/// Which scripts have run, and the checksum of each: app.schema_migrations, written in the transaction of the scripts. It belongs to the owner's role, whoever
/// migrates, and no role of the app can read it.
/// </summary>
internal sealed class MigrationJournal(SchemaRoles roles) : IJournal
{
    private bool _isLatestVersion;

    /// <summary>The rows of a journal, and the version of the schema, 0 where there is none.</summary>
    internal sealed record Contents(IReadOnlyDictionary<string, string?> Checksums, int SchemaVersion);

    internal static async Task<Contents> ReadAsync(NpgsqlConnection connection, SchemaRoles roles, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = transaction.ConfigureAwait(false);
        // The catalog, because to_regclass and information_schema hide what the login may not use.
        if (await ScalarAsync<bool>("""
            SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                           WHERE n.nspname = 'app' AND c.relname = 'schema_migrations')
            """).ConfigureAwait(false) is false)
            return new(new Dictionary<string, string?>(), 0);

        await ScalarAsync<string>($"SELECT pg_catalog.set_config('role', '{roles.Owner}', true)").ConfigureAwait(false);
        var version = await ScalarAsync<bool>("SELECT pg_catalog.to_regprocedure('app.schema_version()') IS NOT NULL").ConfigureAwait(false)
            ? await ScalarAsync<int>("SELECT app.schema_version()").ConfigureAwait(false)
            : 0;
        var checksums = new Dictionary<string, string?>(StringComparer.Ordinal);
        // Before version 15 there was no checksum, and the names were others.
        var select = new NpgsqlCommand("SELECT m.scriptname, to_jsonb(m) ->> 'checksum' FROM app.schema_migrations m", connection, transaction);
        await using var __ = select.ConfigureAwait(false);
        var reader = await select.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ___ = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            checksums.Add(reader.GetString(0), await reader.IsDBNullAsync(1, cancellationToken).ConfigureAwait(false) ? null : reader.GetString(1));
        return new(checksums, version);

        async Task<T?> ScalarAsync<T>(string sql)
        {
            var command = new NpgsqlCommand(sql, connection, transaction);
            await using var _ = command.ConfigureAwait(false);
            return (T?)await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>None: DbUp is given the scripts that have to run, and no others.</summary>
    public string[] GetExecutedScripts() => [];

    /// <summary>DbUp asks before each script, and the schema comes with the first one: <see cref="StoreExecutedScript"/> sees to the table.</summary>
    public void EnsureTableExistsAndIsLatestVersion(Func<IDbCommand> dbCommandFactory)
    {
    }

    public void StoreExecutedScript(SqlScript script, Func<IDbCommand> dbCommandFactory)
    {
        if (script is not MigrationScript file)
            return;
        // RESET first: a script may have left a role set.
        Execute(dbCommandFactory, $"RESET ROLE; SET LOCAL ROLE {roles.Owner}");
        if (!_isLatestVersion)
        {
            Execute(dbCommandFactory, $"""
                CREATE TABLE IF NOT EXISTS app.schema_migrations (scriptname text PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now(), checksum text);
                ALTER TABLE app.schema_migrations ADD COLUMN IF NOT EXISTS checksum text;
                REVOKE ALL ON TABLE app.schema_migrations FROM PUBLIC, {roles.Tenant}, {roles.Demo}, {roles.Admin}, {roles.AppLogin}, {roles.AdminLogin};
                """);
            _isLatestVersion = true;
        }

        using var insert = dbCommandFactory();
        insert.CommandText = """
            INSERT INTO app.schema_migrations (scriptname, checksum) VALUES (@name, @checksum)
            ON CONFLICT (scriptname) DO UPDATE SET checksum = excluded.checksum, applied = excluded.applied
            """;
        Add("name", script.Name);
        Add("checksum", file.Checksum);
        insert.ExecuteNonQuery();
        Execute(dbCommandFactory, "RESET ROLE");

        void Add(string name, string value)
        {
            var parameter = insert.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            insert.Parameters.Add(parameter);
        }
    }

    private static void Execute(Func<IDbCommand> newCommand, string sql)
    {
        using var command = newCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
