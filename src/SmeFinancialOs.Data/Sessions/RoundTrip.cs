using System.Diagnostics;
using Dapper;
using Npgsql;
using NpgsqlTypes;
using SmeFinancialOs.Data.Connections;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// The reset, the settings and the host's statements, sent as one batch. In a session there is no BEGIN in front of statements that read or write rows:
/// PostgreSQL runs what stands before one Sync message as one implicit transaction, so the settings are in force for the statements and end with them, in one
/// round trip. Statements of other kinds stand between BEGIN and COMMIT in the same batch: so <c>CALL</c> and <c>DO</c> cannot commit a part, and the context
/// is checked at the end.
/// </summary>
/// <seealso href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING">Pipelining</seealso>
internal sealed class RoundTrip : IAsyncDisposable
{
    private readonly LeasedConnection _connection;
    private readonly NpgsqlBatch _batch;
    private readonly int _first;
    private readonly int _count;
    private readonly NpgsqlBatchCommand? _check;
    private readonly PreparedStatementCheck? _prepared;
    private readonly long _began = Stopwatch.GetTimestamp();
    private bool _isComplete;
    private bool _isCancelled;
    private NpgsqlDataReader? _reader;

    /// <param name="connection">Where it goes.</param>
    /// <param name="statements">The host's.</param>
    public RoundTrip(LeasedConnection connection, IReadOnlyList<Statement> statements)
    {
        _connection = connection;
        IsOfRows = statements.All(static statement => statement.IsOfRows);
        _batch = connection.CreateBatch();
        if (SqlMapper.Settings.CommandTimeout is { } seconds)
            _batch.Timeout = seconds;
        // All statements of a call have the same.
        var timeout = statements.Count == 0 ? null : statements[0].Timeout;
        if (timeout is not null)
            _batch.Timeout = timeout.DriverSeconds;
        var isBlock = connection.IsSession && !IsOfRows;
        if (isBlock)
            Add(LeasedConnection.Unprepared("BEGIN"));
        if (!connection.IsInForce)
            connection.AddResetAndSettingsTo(_batch);
        if (timeout is not null)
            _batch.BatchCommands.Add(timeout.SetCommand());
        // In a transaction that has failed, nothing may stand in front of a ROLLBACK TO; it changes nothing that is prepared.
        _prepared = IsOfRows || statements.All(static statement => statement.IsRollbackToSavepoint) ? null : connection.CheckPrepared();
        if (_prepared is not null)
            _batch.BatchCommands.Add(_prepared.Before);
        _first = _batch.BatchCommands.Count;
        foreach (var statement in statements)
        {
            foreach (var command in statement.Commands)
                _batch.BatchCommands.Add(command);
        }

        _count = _batch.BatchCommands.Count - _first;
        if (timeout is not null && !connection.IsSession)
            _batch.BatchCommands.Add(CallTimeout.RestoreCommand());
        if (_prepared is not null)
            _batch.BatchCommands.Add(_prepared.After);
        if (!isBlock)
            return;
        _batch.BatchCommands.Add(_check = connection.Settings.UnpreparedCheckCommand(connection.Context));
        Add(LeasedConnection.Unprepared("COMMIT"));
    }

    public NpgsqlDataReader Reader => _reader!;

    /// <summary>Whether there is nothing of the host's to send.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>Whether the host's statements read and write rows, and do nothing else.</summary>
    public bool IsOfRows { get; }

    /// <summary>Whether the reader stands on a result of the host's.</summary>
    public bool HasResult { get; private set; }

    /// <summary>Which of the host's commands the result belongs to.</summary>
    public int CommandIndex => Index - _first;

    /// <summary>Which command the result belongs to: those before it are complete, and it is when it has no row.</summary>
    private int Index
    {
        get
        {
            var complete = 0;
            while (complete < _batch.BatchCommands.Count && _batch.BatchCommands[complete].StatementType != StatementType.Unknown)
                complete++;
            return Reader.HasRows ? complete : complete - 1;
        }
    }

    /// <summary>Sends, and comes back with the first result of the host's statements.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        if (_prepared is not null)
            _connection.PreparedInDoubt();
        try
        {
            _reader = await _batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            // A SELECT without columns is passed over.
            HasResult = _reader.FieldCount > 0 || await _reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            await PassOwnResultsAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            if (_reader is not null || fault is NpgsqlException or OperationCanceledException)
            {
                Failed(fault);
                throw;
            }

            // A value that cannot be written. Npgsql has by then noted statements of the batch as prepared that it never sent.
            _connection.TryForgetPrepared();
            if (UnknownType(fault) is { } typed)
                throw typed;
            throw;
        }
    }

    /// <summary>Goes on to the next result. An error of a later statement arrives only when its result is asked for.</summary>
    /// <returns><see cref="HasResult"/>.</returns>
    public async Task<bool> NextResultAsync(CancellationToken cancellationToken)
    {
        try
        {
            HasResult = await Reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            await PassOwnResultsAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            Failed(fault);
            throw;
        }

        return HasResult;
    }

    /// <summary>Whether an error is the answer to the check of the context: all statements of the host had succeeded.</summary>
    public bool HasFailedCheck =>
        _check is { StatementType: StatementType.Unknown } && _batch.BatchCommands[_first + _count - 1].StatementType != StatementType.Unknown;

    public void Cancel()
    {
        _isCancelled = true;
        _batch.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        await EndReaderAsync().ConfigureAwait(false);
        await _batch.DisposeAsync().ConfigureAwait(false);
        // A unit of work sees to its connection when it ends.
        if (!_connection.IsSession || IsEmpty)
            return;
        if (!_isComplete && _check is not null)
            await _connection.RollBackBlockAsync().ConfigureAwait(false);
        await _connection.CleanUpAsync(isCommitted: _isComplete).ConfigureAwait(false);
    }

    /// <summary>Reads what was not read. Nobody asks what became of it in a session: it was left early, and nothing of it stays.</summary>
    private async ValueTask EndReaderAsync()
    {
        if (_reader is null)
            return;
        try
        {
            await _reader.DisposeAsync().ConfigureAwait(false);
        }
        catch (NpgsqlException fault) when (_connection.IsSession || _isCancelled)
        {
            Failed(fault);
        }
    }

    /// <summary>Npgsql writes no parameter of a type by name that it does not know.</summary>
    private UnknownDatabaseTypeException? UnknownType(Exception fault)
    {
        if (fault is not NotSupportedException { Source: nameof(Npgsql) })
            return null;
        var named = _batch.BatchCommands.Cast<NpgsqlBatchCommand>().Skip(_first).Take(_count).SelectMany(static command => command.Parameters.ToArray())
            .Where(static parameter => parameter is { NpgsqlDbType: NpgsqlDbType.Unknown, DataTypeName: not null })
            .Select(static parameter => $"\"{parameter.ParameterName}\"").Distinct().ToList();
        return named.Count == 0 ? null : new(
            "A parameter has a type that did not exist when this data source read the types of the database; "
            + $"by name one is given to {string.Join(", ", named)}. "
            + "Call NpgsqlDataSource.ReloadTypesAsync after CREATE TYPE or CREATE EXTENSION, or restart the host.", fault);
    }

    private void Add(string sql) => _batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));

    /// <summary>Past the results of the statements that the host has not written.</summary>
    private async ValueTask PassOwnResultsAsync(CancellationToken cancellationToken)
    {
        while (HasResult && Index is var index && (index < _first || index >= _first + _count))
        {
            var command = _batch.BatchCommands[index];
            if (_prepared is not null && (command == _prepared.Before || command == _prepared.After))
            {
                await _prepared.ReadAsync(Reader, command, cancellationToken).ConfigureAwait(false);
                if (command == _prepared.After)
                    _connection.NotePrepared(_prepared);
            }

            HasResult = await Reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        }

        _isComplete = !HasResult;
    }

    private void Failed(Exception fault) => _connection.NoteFailure(_batch, _began, fault);
}
