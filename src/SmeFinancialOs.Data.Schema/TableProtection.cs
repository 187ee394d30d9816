using Npgsql;

namespace SmeFinancialOs.Data.Schema;

/// <summary>Makes tables of a host's own tenant-safe: calls <c>app.protect_table</c>, which the migrations bring.</summary>
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
        foreach (var table in tables)
        {
            batch.BatchCommands.Add(new("SELECT app.protect_table($1::text::regclass, $2::text::name)")
            {
                Parameters = { new() { Value = table }, new() { Value = tenantColumn } },
            });
        }

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
