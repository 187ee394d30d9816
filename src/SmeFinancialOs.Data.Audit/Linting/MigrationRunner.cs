using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Linting;

/// <summary>
/// Runs migrations on one connection. Roles and their settings belong to the whole server: all of it is one transaction that is never committed, so that
/// nothing of it outlives the connection, unless the server is not needed afterwards.
/// </summary>
internal sealed class MigrationRunner(NpgsqlConnection connection, bool commits, CancellationToken cancellationToken)
{
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
        foreach (var statement in SqlScript.Split(migration).Where(statement => !statement.IsLeftOut))
        {
            if (statement.EndsTransaction)
                throw Fault(migration, statement, "it ends its transaction without committing; remove that from the migration.");
            await ApplyAsync(migration, statement).ConfigureAwait(false);
        }

        // What is checked at commit is checked now. A tool's next session has none of the settings that this one leaves.
        await GuardedAsync(migration, null,
            () => RunAsync("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED; SET SESSION AUTHORIZATION DEFAULT; RESET ALL")).ConfigureAwait(false);
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
            throw Fault(migration, null, "it ended the lint's transaction, and may have changed the server.");
    }

    private async Task ApplyAsync(Migration migration, SqlStatement statement)
    {
        await GuardedAsync(migration, statement, () => statement.CopyData is null ? RunAsync(statement.InTransaction) : CopyAsync(statement))
            .ConfigureAwait(false);
        if (statement.AddsEnumValue)
            await CommitAsync().ConfigureAwait(false);
    }

    private async Task GuardedAsync(Migration migration, SqlStatement? statement, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
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
            throw Fault(migration, statement, $"{fault.SqlState}: {ServerText.Of(fault).TrimEnd('.')}.{hint}{cure}", fault);
        }
    }

    private async Task CopyAsync(SqlStatement copy)
    {
        var writer = await connection.BeginTextImportAsync(copy.Text, cancellationToken).ConfigureAwait(false);
        await using var _ = writer.ConfigureAwait(false);
        await writer.WriteAsync(copy.CopyData.AsMemory(), cancellationToken).ConfigureAwait(false);
    }

    private async Task CommitAsync()
    {
        if (commits)
            await RunAsync("COMMIT; BEGIN").ConfigureAwait(false);
    }

    private Task RunAsync(string sql) => connection.RunAsync(sql, cancellationToken);

    private static MigrationLintException Fault(Migration migration, SqlStatement? statement, string message, PostgresException? error = null)
    {
        var offset = statement is null ? migration.Text.Length : statement.Offset + ScriptLine.OffsetInStatement(statement.Text, error);
        return MigrationLintException.At(migration.Path, SqlScript.LineOf(migration.Text, offset), message, error?.SqlState, error);
    }
}
