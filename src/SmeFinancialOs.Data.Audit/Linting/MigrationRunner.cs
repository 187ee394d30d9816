using System.Data;
using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Linting;

/// <summary>
/// Runs migrations on one connection. Roles and their settings belong to the whole server: all of it is one transaction that is never committed, so that
/// nothing of it outlives the connection, unless the server is not needed afterwards. errors: takes what fails, and the next statement runs; null: the first
/// one is thrown.
/// </summary>
internal sealed class MigrationRunner(NpgsqlConnection connection, bool commits, List<MigrationLintError>? errors, CancellationToken cancellationToken)
{
    private const string OfMigration = "sme_lint_migration";
    private const string OfStatement = "sme_lint_statement";

    /// <summary>The search path that a migration gave the database is there in the next session, unless the login or the connection brings its own.</summary>
    private const string NextSession = """
        SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED; SET SESSION AUTHORIZATION DEFAULT; RESET ALL;
        SELECT set_config('search_path', substr(setting, 13), false) FROM pg_db_role_setting, unnest(setconfig) AS setting
        WHERE setting LIKE 'search\_path=%' AND setrole = 0 AND setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND (SELECT source FROM pg_settings WHERE name = 'search_path') IN ('default', 'configuration file', 'global', 'database')
        """;

    private string? _transaction;

    internal Task BeginAsync() => RunAsync("BEGIN");

    internal async Task CreateRolesAsync(IEnumerable<string> roles)
    {
        foreach (var role in roles)
            await RunAsync($"DO $$ BEGIN IF to_regrole({Identifier.Literal(Identifier.Quote(role))}) IS NULL THEN "
                + $"CREATE ROLE {Identifier.Quote(role)} LOGIN NOINHERIT; END IF; END $$").ConfigureAwait(false);
    }

    internal async Task ApplyAsync(Migration migration)
    {
        await SaveAsync(OfMigration).ConfigureAwait(false);
        foreach (var statement in SqlScript.Split(migration).Where(statement => !statement.IsLeftOut))
        {
            var fault = statement.Fault
                ?? (statement.EndsTransaction ? "it ends its transaction without committing; remove that from the migration." : null);
            if (fault is null)
                await ApplyAsync(migration, statement).ConfigureAwait(false);
            else if (errors is null)
                throw MigrationLintException.Of(Fault(migration, statement, fault), null);
            else
                errors.Add(Fault(migration, statement, fault));
        }

        // What is checked at commit is checked now. A tool's next session has none of the settings that this one leaves.
        await GuardedAsync(migration, null, () => RunAsync(NextSession)).ConfigureAwait(false);
        await CheckTransactionAsync(migration).ConfigureAwait(false);
        await CommitAsync().ConfigureAwait(false);
    }

    /// <summary>Statements are told apart as psql does. Should one ever end the transaction all the same, nothing more runs.</summary>
    private async Task CheckTransactionAsync(Migration migration)
    {
        var command = new NpgsqlCommand("SELECT pg_current_xact_id()::text", connection);
        await using var _ = command.ConfigureAwait(false);
        var current = (string?)await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        if (!commits && (_transaction ??= current) != current)
            throw Ended(migration, null, null);
    }

    private async Task ApplyAsync(Migration migration, SqlStatement statement)
    {
        await GuardedAsync(migration, statement, () => statement.CopyData is null ? RunAsync(statement.InTransaction) : CopyAsync(statement))
            .ConfigureAwait(false);
        if (!statement.AddsEnumValue)
            return;
        await CommitAsync().ConfigureAwait(false);
        await SaveAsync(OfMigration).ConfigureAwait(false);
    }

    private async Task GuardedAsync(Migration migration, SqlStatement? statement, Func<Task> work)
    {
        var isAlone = statement is { IsSavepoint: false };
        try
        {
            if (isAlone)
                await SaveAsync(OfStatement).ConfigureAwait(false);
            await work().ConfigureAwait(false);
            if (isAlone && errors is not null)
                await RunAsync($"RELEASE SAVEPOINT {OfStatement}").ConfigureAwait(false);
        }
        catch (PostgresException fault) when (fault.SqlState != PostgresErrorCodes.QueryCanceled || !cancellationToken.IsCancellationRequested)
        {
            var hint = string.IsNullOrEmpty(fault.Hint) ? "" : $" Hint: {fault.Hint}";
            var cure = fault.SqlState switch
            {
                PostgresErrorCodes.ActiveSqlTransaction =>
                    " The lint runs all migrations in a transaction; what acts on the whole server is no part of a database's schema.",
                "55P04" when !commits => " The lint commits nothing on a server that is in use; lint on a server of its own.", // unsafe_new_enum_value_usage
                _ => "",
            };
            var all = isAlone || errors is null ? "" : " Nothing of this migration was kept.";
            var error = Fault(migration, statement, $"{fault.SqlState}: {ServerText.Of(fault).TrimEnd('.')}.{hint}{cure}{all}", fault);
            if (errors is null)
                throw MigrationLintException.Of(error, fault);
            if (connection.FullState != ConnectionState.Open)
                throw Ended(migration, statement, fault);
            errors.Add(error);
            await TakeBackAsync(migration, statement, isAlone ? OfStatement : OfMigration).ConfigureAwait(false);
        }
    }

    private Task SaveAsync(string savepoint) => errors is null ? Task.CompletedTask : RunAsync($"SAVEPOINT {savepoint}");

    private async Task TakeBackAsync(Migration migration, SqlStatement? statement, string savepoint)
    {
        try
        {
            await RunAsync($"ROLLBACK TO SAVEPOINT {savepoint}").ConfigureAwait(false);
        }
        catch (PostgresException fault)
        {
            throw Ended(migration, statement, fault);
        }
    }

    private async Task CopyAsync(SqlStatement copy)
    {
        var writer = await connection.BeginTextImportAsync(copy.Text, cancellationToken).ConfigureAwait(false);
        await using var _ = writer.ConfigureAwait(false);
        await writer.WriteAsync(copy.CopyData.AsMemory(), cancellationToken).ConfigureAwait(false);
    }

    internal async Task CommitAsync()
    {
        if (commits)
            await RunAsync("COMMIT; BEGIN").ConfigureAwait(false);
    }

    private Task RunAsync(string sql) => connection.RunAsync(sql, cancellationToken);

    private static MigrationLintException Ended(Migration migration, SqlStatement? statement, PostgresException? fault) => MigrationLintException.Of(
        Fault(migration, statement, "it ended the lint's transaction, and may have changed the server.", fault), fault);

    private static MigrationLintError Fault(Migration migration, SqlStatement? statement, string message, PostgresException? error = null)
    {
        var offset = statement is null ? migration.Text.Length : statement.Offset + ScriptLine.OffsetInStatement(statement.Text, error);
        return new(migration.Path, SqlScript.LineOf(migration.Text, offset), message, error?.SqlState);
    }
}
