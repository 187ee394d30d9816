using System.Data;
using DbUp.Engine;
using DbUp.Engine.Transactions;

namespace SmeFinancialOs.Data.Schema;

// Which scripts have run: app.schema_migrations, written in the transaction of the script itself. It belongs to the owner's role,
// whoever migrates, and no role of the app can read it. DbUp compares names: outside of the table they are those of the files.
internal sealed class MigrationJournal(IConnectionManager connections, SchemaRoles roles, IReadOnlyList<MigrationScript> scripts) : IJournal
{
    // The catalog, because to_regclass and information_schema hide what the login may not use.
    private const string Exists = """
        SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                       WHERE n.nspname = 'app' AND c.relname = 'schema_migrations')
        """;

    public string[] GetExecutedScripts() => connections.ExecuteCommandsWithManagedConnection(newCommand =>
    {
        using var exists = newCommand();
        exists.CommandText = Exists;
        if (exists.ExecuteScalar() is not true)
            return [];

        Execute(newCommand, $"SET LOCAL ROLE {roles.Owner}");
        using var select = newCommand();
        select.CommandText = "SELECT array_agg(scriptname ORDER BY scriptname) FROM app.schema_migrations";
        return Executed([.. select.ExecuteScalar() as string[] ?? []]);
    });

    // DbUp asks before each script, and the schema comes with the first one: StoreExecutedScript sees to the table.
    public void EnsureTableExistsAndIsLatestVersion(Func<IDbCommand> dbCommandFactory)
    {
    }

    public void StoreExecutedScript(SqlScript script, Func<IDbCommand> dbCommandFactory)
    {
        // RESET first: a script may have left a role set, and for the rest of the session at that.
        Execute(dbCommandFactory, $"RESET ROLE; SET LOCAL ROLE {roles.Owner}");
        using var exists = dbCommandFactory();
        exists.CommandText = Exists;
        if (exists.ExecuteScalar() is not true)
        {
            Execute(dbCommandFactory, $"""
                CREATE TABLE app.schema_migrations (scriptname text PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now());
                REVOKE ALL ON TABLE app.schema_migrations FROM PUBLIC, {roles.Tenant}, {roles.Demo}, {roles.Admin}, {roles.AppLogin}, {roles.AdminLogin};
                """);
        }

        using var insert = dbCommandFactory();
        insert.CommandText = "INSERT INTO app.schema_migrations (scriptname) VALUES (@name)";
        var name = insert.CreateParameter();
        name.ParameterName = "name";
        name.Value = ((MigrationScript)script).JournaledAs;
        insert.Parameters.Add(name);
        insert.ExecuteNonQuery();
    }

    // Where a newer version of the library has been, its texts stay: a host that is rolled back must not put the older ones over them.
    private string[] Executed(HashSet<string> rows)
    {
        var isOfNewerVersion = string.CompareOrdinal(Newest(rows.Select(FileOf)), Newest(scripts.Select(script => script.Name))) > 0;
        var files = rows.Where(row => row != FileOf(row)).Select(FileOf).ToHashSet(StringComparer.Ordinal);
        return [.. from script in scripts
                   where rows.Contains(script.JournaledAs) || (isOfNewerVersion && script.JournaledAs != script.Name && files.Contains(script.Name))
                   select script.Name];
    }

    private static string FileOf(string row) => row.Split('#')[0];

    // Of the numbered files; those that a host turns on are in folders.
    private static string? Newest(IEnumerable<string> files) => files.Where(file => !file.Contains('/', StringComparison.Ordinal)).Max(StringComparer.Ordinal);

    private static void Execute(Func<IDbCommand> newCommand, string sql)
    {
        using var command = newCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
