using System.Data;
using Npgsql;
using SmeFinancialOs.Data.Diagnostics;
using SmeFinancialOs.Data.Sessions;

namespace SmeFinancialOs.Data.Connections;

/// <summary>
/// A connection taken from its pool for a call, a stream or a unit of work. It alone knows and changes the state of the connection: opened, in a transaction,
/// reset, prepared statements in doubt, handed out, leaked, returned. Whoever runs statements asks it, and keeps no flag of its own.
/// </summary>
internal sealed partial class LeasedConnection : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private LeakDetector? _leakDetector;

    /// <param name="connection">From <see cref="ConnectAsync"/>.</param>
    /// <param name="settings">What puts the context in force, and what the connection is capable of.</param>
    /// <param name="context">Whose statements it will run.</param>
    public LeasedConnection(NpgsqlConnection connection, ContextSettings settings, TenantContext context) =>
        (_connection, Settings, Context) = (connection, settings, context);

    public ContextSettings Settings { get; }

    public TenantContext Context { get; }

    /// <summary>Whether a host has it: it can be used past everything here.</summary>
    public bool IsHandedOut { get; private set; }

    /// <summary>Whether the line is still there. It says nothing about a statement that is under way.</summary>
    public bool IsConnected => (_connection.FullState & ConnectionState.Open) != 0;

    /// <summary>Whether it is connected, and no statement is under way.</summary>
    public bool IsIdle => _connection.FullState == ConnectionState.Open;

    /// <summary>An open connection of a pool, with nothing in force yet.</summary>
    public static async ValueTask<NpgsqlConnection> ConnectAsync(NpgsqlDataSource dataSource, ReportedSettings reported, CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await reported.ResetAsync(connection, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        WatchReplication(connection);
        return connection;
    }

    /// <summary>A batch in the transaction of the unit of work, where there is one.</summary>
    /// <exception cref="InvalidOperationException">Npgsql has seen the end of that transaction in an answer of the server.</exception>
    public NpgsqlBatch CreateBatch() => new(_connection, _transaction);

    /// <summary>The connection, for a host to use past everything here.</summary>
    public NpgsqlConnection HandOut()
    {
        IsHandedOut = _isPreparedInDoubt = true;
        return _connection;
    }

    /// <summary>The transaction, for the same.</summary>
    public NpgsqlTransaction HandOutTransaction()
    {
        IsHandedOut = _isPreparedInDoubt = true;
        return _transaction!;
    }

    /// <summary>
    /// Notices when this is collected without having been returned. Npgsql keeps no watch over that: the connection would be missing from its pool for ever.
    /// </summary>
    /// <param name="end">Ends what uses it, and returns it.</param>
    /// <param name="telemetry">Where it is reported.</param>
    /// <param name="context">Who has asked for it.</param>
    public void DetectLeak(Func<ValueTask> end, Telemetry telemetry, TenantContext context) => _leakDetector = new(this, end, telemetry, context);

    /// <summary>Its holder ends it.</summary>
    public void StopLeakDetection() => _leakDetector?.Dispose();

    /// <summary>
    /// Returns it to its pool. Where a reader is still open, Npgsql reads it to its end first; when the server then reports that its statement has failed, the
    /// connection stays open and the pool has lost it, unless it is disposed once more.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        StopLeakDetection();
        try
        {
            await _connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            await _connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    public ValueTask<NpgsqlCopyTextReader> BeginExportAsync(string copyToCommand, CancellationToken cancellationToken) =>
        new(_connection.BeginTextExportAsync(copyToCommand, cancellationToken));

    /// <summary>Runs one command in a round trip of its own.</summary>
    public async Task ExecuteAsync(NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        var batch = CreateBatch();
        await using var _ = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs commands in a round trip of their own, whether inside or outside of a transaction.</summary>
    /// <param name="commands">A question first, where there is one; else they give no rows.</param>
    /// <param name="answer">Reads the first row; null where nothing is asked.</param>
    /// <returns>The answer; false where there is no row.</returns>
    private async ValueTask<bool> AskAsync(IEnumerable<NpgsqlBatchCommand> commands, Func<NpgsqlDataReader, bool>? answer)
    {
        var batch = new NpgsqlBatch(_connection);
        await using var _ = batch.ConfigureAwait(false);
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        var reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        var result = answer is not null && await reader.ReadAsync().ConfigureAwait(false) && answer(reader);
        // To the end: an error of a later statement arrives only when its result is asked for.
        while (await reader.NextResultAsync().ConfigureAwait(false))
        {
        }

        return result;
    }
}
