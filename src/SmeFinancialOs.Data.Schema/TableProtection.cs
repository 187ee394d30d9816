using Npgsql;
using NpgsqlTypes;

namespace SmeFinancialOs.Data.Schema;

/// <summary>
/// Makes tables of a host's own tenant-safe: calls <c>app.protect_table</c>, <c>app.protect_through</c> and <c>app.share_table</c>, which the migrations bring.
/// </summary>
public sealed class TableProtection
{
    private readonly MigrationConnection _connection;

    /// <summary>Prepares the protection of tables of the database a connection string names; connects to nothing yet.</summary>
    /// <param name="connectionString">A login that owns the tables, or may do what their owner may.</param>
    /// <exception cref="ArgumentException">The connection string is blank, malformed or names no host.</exception>
    public TableProtection(string connectionString) => _connection = new MigrationConnection(connectionString);

    /// <summary>Protects tables, all or none, and tells what the server warns of, such as a key without the tenant column.</summary>
    /// <param name="tables">Their names, with the schema, as SQL writes them.</param>
    /// <param name="tenantColumn">The column that says whose row it is.</param>
    /// <param name="cancellationToken">Cancels the work; nothing is left half-done.</param>
    /// <returns>What the server warns of.</returns>
    /// <exception cref="SchemaMigrationException">
    /// The server cannot be reached or refuses: the database is not migrated, or a table cannot be protected. The message says why.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ArgumentException">The list of tables is null or has a blank entry, or the column is blank.</exception>
    public async Task<IReadOnlyList<string>> ProtectAsync(IReadOnlyCollection<string> tables, string tenantColumn = "org_id",
        CancellationToken cancellationToken = default)
    {
        Required.Names(tables);
        ArgumentException.ThrowIfNullOrWhiteSpace(tenantColumn);
        return await RunAsync(tables.Select(table => Call("SELECT app.protect_table($1::text::regclass, $2::text::name)", table, tenantColumn)),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Protects tables without a tenant column through another protected table, all or none: their rows are visible where their parent is, or, with columns,
    /// where one of their memberships is.
    /// </summary>
    /// <param name="tables">Their names, with the schema, as SQL writes them.</param>
    /// <param name="parent">The table that they refer to by a foreign key; for users the table of memberships, which refers to them.</param>
    /// <param name="columns">For users alone: the columns that every tenant may read of its users. Null otherwise.</param>
    /// <param name="cancellationToken">Cancels the work; nothing is left half-done.</param>
    /// <returns>What the server warns of, such as a table that is too large for it.</returns>
    /// <inheritdoc cref="ProtectAsync"/>
    public async Task<IReadOnlyList<string>> ProtectThroughAsync(IReadOnlyCollection<string> tables, string parent, IReadOnlyCollection<string>? columns = null,
        CancellationToken cancellationToken = default)
    {
        Required.Names(tables);
        ArgumentException.ThrowIfNullOrWhiteSpace(parent);
        if (columns is not null)
            Required.Names(columns);
        return await RunAsync(tables.Select(table => Call("SELECT app.protect_through($1::text::regclass, $2::text::regclass, columns => $3::text[]::name[])",
            table, parent, (object?)columns?.ToArray() ?? DBNull.Value)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets every tenant read tables that belong to no tenant, all or none; an admin context and the owner write them.</summary>
    /// <param name="tables">Their names, with the schema, as SQL writes them.</param>
    /// <param name="cancellationToken">Cancels the work; nothing is left half-done.</param>
    /// <returns>What the server warns of.</returns>
    /// <inheritdoc cref="ProtectAsync"/>
    public async Task<IReadOnlyList<string>> ShareAsync(IReadOnlyCollection<string> tables, CancellationToken cancellationToken = default)
    {
        Required.Names(tables);
        return await RunAsync(tables.Select(table => Call("SELECT app.share_table($1::text::regclass)", table)), cancellationToken).ConfigureAwait(false);
    }

    private static NpgsqlBatchCommand Call(string sql, params object[] arguments)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var argument in arguments)
        {
            command.Parameters.Add(argument is DBNull
                ? new() { Value = argument, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }
                : new() { Value = argument });
        }

        return command;
    }

    private async Task<IReadOnlyList<string>> RunAsync(IEnumerable<NpgsqlBatchCommand> calls, CancellationToken cancellationToken)
    {
        var warnings = new List<string>();
        var connection = await _connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        connection.Notice += (_, e) =>
        {
            if (e.Notice.InvariantSeverity == "WARNING")
                warnings.Add(string.IsNullOrEmpty(e.Notice.Hint) ? e.Notice.MessageText : $"{e.Notice.MessageText}. Hint: {e.Notice.Hint}");
        };

        // One batch without BEGIN is one transaction.
        var batch = new NpgsqlBatch(connection);
        await using var __ = batch.ConfigureAwait(false);
        foreach (var call in calls)
            batch.BatchCommands.Add(call);
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException fault)
        {
            throw MigrationFailure.OfCall(fault);
        }
        return warnings;
    }
}
