using System.Data;
using DbUp.Engine;
using DbUp.Engine.Transactions;

namespace SmeFinancialOs.Data.Schema;

// Which scripts have run: app.schema_migrations, written in the transaction of the script itself. It belongs to the owner's role,
// whoever migrates, and no role of the app can read it.
internal sealed class MigrationJournal(IConnectionManager connections, SchemaRoles roles) : IJournal
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
        return select.ExecuteScalar() as string[] ?? [];
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
        name.Value = script.Name;
        insert.Parameters.Add(name);
        insert.ExecuteNonQuery();
    }

    private static void Execute(Func<IDbCommand> newCommand, string sql)
    {
        using var command = newCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
