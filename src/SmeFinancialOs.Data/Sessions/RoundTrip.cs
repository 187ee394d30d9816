using Dapper;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// The settings and the host's statements, sent as one batch. Without a transaction there is no BEGIN: PostgreSQL runs what stands before one Sync
/// message as one implicit transaction, so the settings are in force for the statements and end with them, in one round trip.
/// </summary>
/// <seealso href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING">Pipelining</seealso>
internal sealed class RoundTrip : IAsyncDisposable
{
    private readonly IReadOnlyList<NpgsqlBatchCommand> _commands;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlBatch? _batch;
    private readonly NpgsqlCommand? _script;
    private readonly bool _isResetAfterFailure;
    private readonly bool _prepares;
    private readonly bool _mayPrepareBySql;
    private bool _isInDoubt;
    private NpgsqlDataReader _reader = null!;
    private bool _isComplete;

    private RoundTrip(SessionTarget target, IReadOnlyList<NpgsqlBatchCommand> commands)
    {
        (_commands, _connection) = (commands, target.Connection);
        // A unit of work sees to its connection when it ends.
        _isResetAfterFailure = target is { Transaction: null, Settings.ResetsConnection: true };
        _prepares = target is { Transaction: null, Settings.PreparesStatements: true };
        _mayPrepareBySql = _prepares && commands.Any(command => PreparedStatements.MayCome(command.CommandText));
        if (commands.Count == 1 && HasSeveralStatements(commands[0].CommandText))
            _script = ScriptOf(target, commands[0]);
        else
            _batch = BatchOf(target, commands);
    }

    public NpgsqlDataReader Reader => _reader;

    /// <summary>Whether the reader stands on a result of the host's.</summary>
    public bool HasResult { get; private set; }

    /// <summary>Which of the host's commands the result belongs to: those before it are complete, it is when it has no row.</summary>
    public int CommandIndex
    {
        get
        {
            if (_script is not null)
                return 0;
            var complete = 0;
            while (complete < _commands.Count && _commands[complete].StatementType != StatementType.Unknown)
                complete++;
            return _reader.HasRows ? complete : complete - 1;
        }
    }

    /// <summary>Sends, and comes back with the first result of the host's statements.</summary>
    public static async Task<RoundTrip> SendAsync(SessionTarget target, IReadOnlyList<NpgsqlBatchCommand> commands, CancellationToken cancellationToken)
    {
        var trip = new RoundTrip(target, commands);
        try
        {
            trip._reader = await (trip._batch?.ExecuteReaderAsync(cancellationToken) ?? trip._script!.ExecuteReaderAsync(cancellationToken)).ConfigureAwait(false);
            trip.HasResult = target.Settings is null && trip._reader.FieldCount > 0;
            if (!trip.HasResult)
                await trip.NextResultAsync(cancellationToken).ConfigureAwait(false);
            return trip;
        }
        catch (Exception fault)
        {
            trip.Failed(fault);
            // A value that cannot be written. Npgsql has by then noted statements of the batch as prepared that it never sent.
            if (trip._reader is null && fault is not (NpgsqlException or OperationCanceledException))
                PreparedStatements.TryForget(target.Connection);
            await trip.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Goes on to the next result. An error of a later statement arrives only when its result is asked for.</summary>
    /// <returns><see cref="HasResult"/>.</returns>
    public async Task<bool> NextResultAsync(CancellationToken cancellationToken)
    {
        try
        {
            HasResult = await _reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            Failed(fault);
            throw;
        }

        _isComplete = !HasResult;
        return HasResult;
    }

    /// <summary>A text without a command, such as a comment, is never complete, and which result belongs to which statement cannot be told then.</summary>
    /// <exception cref="InvalidOperationException">There was one among several.</exception>
    public void RequireComplete()
    {
        if (_commands.Count > 1 && _commands.Any(command => command.StatementType == StatementType.Unknown))
            throw new InvalidOperationException("A statement of the batch has no command, only blanks or a comment. The others have been run.");
    }

    /// <summary>How many rows the host's command wrote; complete when all is read.</summary>
    public int RecordsAffectedBy(NpgsqlBatchCommand command) => _script is null ? command.RecordsAffected : _reader.RecordsAffected;

    public void Cancel()
    {
        _batch?.Cancel();
        _script?.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        if (_reader is not null)
            await _reader.DisposeAsync().ConfigureAwait(false);
        if (_batch is not null)
            await _batch.DisposeAsync().ConfigureAwait(false);
        if (_script is not null)
            await _script.DisposeAsync().ConfigureAwait(false);
        if (_isInDoubt)
            PreparedStatements.TryForget(_connection);
        else if (_mayPrepareBySql)
            await PreparedStatements.ForgetForeignAsync(_connection).ConfigureAwait(false);
        if (_isResetAfterFailure && !_isComplete)
            await ConnectionReset.RunAsync(_connection).ConfigureAwait(false);
    }

    private void Failed(Exception fault) => _isInDoubt |= _prepares && PreparedStatements.AreInDoubtAfter(fault);

    private static NpgsqlBatch BatchOf(SessionTarget target, IReadOnlyList<NpgsqlBatchCommand> commands)
    {
        var batch = new NpgsqlBatch(target.Connection, target.Transaction);
        if (SqlMapper.Settings.CommandTimeout is { } seconds)
            batch.Timeout = seconds;
        target.Settings?.AddTo(batch, target.Context);
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        return batch;
    }

    /// <summary>Npgsql splits the text of a command at its semicolons, that of a batch's command it does not.</summary>
    private static NpgsqlCommand ScriptOf(SessionTarget target, NpgsqlBatchCommand captured)
    {
        var script = new NpgsqlCommand(captured.CommandText, target.Connection, target.Transaction);
        if (SqlMapper.Settings.CommandTimeout is { } seconds)
            script.CommandTimeout = seconds;
        target.Settings?.AddTo(script, target.Context);
        foreach (var parameter in captured.Parameters.ToArray())
        {
            captured.Parameters.Remove(parameter);
            script.Parameters.Add(parameter);
        }

        return script;
    }

    /// <summary>A semicolon inside a literal counts too: that costs a little time and nothing else.</summary>
    private static bool HasSeveralStatements(string sql)
    {
        var statement = sql.AsSpan();
        var semicolon = statement.IndexOf(';');
        return semicolon >= 0 && !statement[(semicolon + 1)..].IsWhiteSpace();
    }
}
