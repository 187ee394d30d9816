using System.Data;
using System.Diagnostics;
using Npgsql;
using SmeFinancialOs.Data.Sessions;

namespace SmeFinancialOs.Data.Connections;

/// <content>The transaction of a unit of work, and what a host may have done with it past everything here.</content>
internal sealed partial class LeasedConnection
{
    private const int Reads = 20;

    /// <summary>A lock of a row assigns an id to a transaction, too. The counters of tables go back a second, to earlier transactions of the session.</summary>
    private const string HasWritten = """
        SELECT CASE WHEN pg_catalog.pg_current_xact_id_if_assigned() IS NULL THEN false ELSE EXISTS (
            SELECT FROM pg_catalog.pg_class c WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND c.oid >= 16384
            AND pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid) + pg_catalog.pg_stat_get_xact_tuples_updated(c.oid)
                + pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid) > 0) END
        """;

    private NpgsqlTransaction? _transaction;
    private bool _isDeferrable;

    /// <summary>Whether each round trip is a transaction of its own, and so commits.</summary>
    public bool IsSession => _transaction is null;

    /// <summary>
    /// Whether the settings need not be sent in front of the statements any more. They are until a round trip of a unit of work with them has succeeded; one
    /// that failed has failed the whole transaction.
    /// </summary>
    public bool IsInForce { get; set; }

    /// <summary>Whether the transaction is still under way, as far as Npgsql has seen. SQL that ends it tells in its answer.</summary>
    public bool IsInTransaction
    {
        get
        {
            if (!HoldsTransaction)
                return false;
            try
            {
                _ = _transaction!.IsolationLevel;
                return true;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }
    }

    /// <summary>
    /// Not any more when the host has closed the connection itself: Npgsql then gives the transaction object to whoever gets that connection next, and to
    /// dispose it would roll back theirs.
    /// </summary>
    private bool HoldsTransaction
    {
        get
        {
            try
            {
                return ReferenceEquals(_transaction!.Connection, _connection);
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
        }
    }

    /// <summary>Begins a unit of work. Nothing is sent: Npgsql puts BEGIN ahead of the first statement.</summary>
    /// <param name="isolationLevel">A definite one: left to itself, Npgsql would always ask for READ COMMITTED.</param>
    /// <param name="isDeferrable">Whether it waits for a snapshot that is safe.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask BeginAsync(IsolationLevel isolationLevel, bool isDeferrable, CancellationToken cancellationToken)
    {
        _transaction = await _connection.BeginTransactionAsync(isolationLevel, cancellationToken).ConfigureAwait(false);
        _isDeferrable = isDeferrable;
    }

    /// <summary>Adds the reset and the settings in front of what else the batch will run.</summary>
    public void AddResetAndSettingsTo(NpgsqlBatch batch)
    {
        // Ahead of the settings: the first query takes the snapshot.
        if (_isDeferrable)
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SET TRANSACTION READ ONLY, DEFERRABLE"));
        AddResetTo(batch);
        Settings.AddTo(batch, Context);
    }

    /// <summary>Puts the settings in force for the transaction, in a round trip of their own.</summary>
    public async Task ApplySettingsAsync(CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var batch = CreateBatch();
        await using var _ = batch.ConfigureAwait(false);
        AddResetAndSettingsTo(batch);
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            IsInForce = true;
        }
        catch (NpgsqlException fault)
        {
            NoteFailure(batch, began, fault);
            if (fault is PostgresException answer && (FaultTranslation.Stale(answer) ?? FaultTranslation.IdleSessionEnded(answer)) is { } typed)
                throw typed;
            throw;
        }
    }

    /// <exception cref="TransactionControlException">SQL has ended the transaction.</exception>
    public Task RollbackAsync(CancellationToken cancellationToken) =>
        IsInTransaction ? _transaction!.RollbackAsync(cancellationToken) : throw FaultTranslation.EndedBySql();

    /// <summary>
    /// Waits for a statement of the host's own. Npgsql would send the rollback beside it, and the two read each other's answers. A reader that is left open is
    /// nothing to wait for, but nobody may mistake its rows for his: its connection does not go back to the pool.
    /// </summary>
    public async ValueTask WaitForHostAsync()
    {
        if (!IsHandedOut)
            return;
        for (var read = 0; read < Reads && IsConnected && !IsIdle;)
        {
            if ((_connection.FullState & ConnectionState.Fetching) != 0)
                read++;
            await Task.Delay(5).ConfigureAwait(false);
        }

        if ((_connection.FullState & ConnectionState.Fetching) != 0)
            NpgsqlConnection.ClearPool(_connection);
    }

    /// <summary>
    /// Asks whether the transaction, which nobody has ended, wrote rows, and rolls it back in the same round trip: its commit may have been forgotten.
    /// </summary>
    /// <returns>
    /// False also where it cannot be told: a statement of the host's own has failed, or the connection is lost. Then nothing was rolled back yet.
    /// </returns>
    public async ValueTask<bool> RollBackWritesAsync()
    {
        if (!IsIdle || !IsInTransaction)
            return false;
        try
        {
            return await AskAsync([new(HasWritten), new("ROLLBACK")], static answer => answer.GetBoolean(0)).ConfigureAwait(false);
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>Rolls back what is still under way.</summary>
    public ValueTask EndTransactionAsync() => HoldsTransaction ? _transaction!.DisposeAsync() : ValueTask.CompletedTask;
}
