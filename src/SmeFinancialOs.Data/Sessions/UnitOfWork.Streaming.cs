using SmeFinancialOs.Data.Diagnostics;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Sessions;

/// <content>Calls that last as long as their caller reads.</content>
internal sealed partial class UnitOfWork
{
    private IAsyncDisposable? _stream;
    private Action? _cancelStream;
    private CancellationTokenSource? _copy;

    /// <summary>Sends the query of a stream. The guard stays entered, for whoever reads.</summary>
    public async Task<OpenStream<T>> OpenStreamAsync<T>(RowsStatement<T> statement, CancellationToken cancellationToken)
    {
        await EnterAsync().ConfigureAwait(false);
        var stream = new RowStream<T>(_connection, statement, Context, _telemetry, _operation);
        try
        {
            await stream.SendAsync(cancellationToken).ConfigureAwait(false);
            _hasFailed = false;
        }
        catch
        {
            _hasFailed = true;
            _guard.Leave();
            throw;
        }

        var rows = stream.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        (_stream, _cancelStream) = (rows, stream.Cancel);
        var timer = new StreamIdleTimer(_guard, _telemetry, Context, _connection.Settings.StreamIdleTimeout, EndAsync);
        return new(rows, _connection, _guard, timer, LeaveStreamAsync, () => _hasFailed = true);
    }

    public async Task CopyAsync(string copyToCommand, Stream destination, CallTimeout? timeout, CancellationToken cancellationToken)
    {
        CopyOut.Require(copyToCommand, destination);
        using var call = _telemetry.StartCall(OperationName.Copy, Context, _operation);
        // Whoever reads the destination may have gone, and this unit of work end before it does: it must not wait for them.
        using var copy = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await EnterAsync().ConfigureAwait(false);
        _copy = copy;
        try
        {
            // COPY cannot ride in a batch.
            if (timeout is not null)
                await _connection.ExecuteAsync(timeout.SetCommand(), copy.Token).ConfigureAwait(false);
            await CopyOut.RunAsync(_connection, copyToCommand, destination, timeout, _telemetry.Time, copy.Token).ConfigureAwait(false);
            if (timeout is not null)
                await _connection.ExecuteAsync(CallTimeout.RestoreCommand(), copy.Token).ConfigureAwait(false);
            _hasFailed = false;
            call?.Succeed();
        }
        catch (Exception fault)
        {
            Failed(fault, call);
            throw;
        }
        finally
        {
            _copy = null;
            _guard.Leave();
        }
    }

    private async ValueTask LeaveStreamAsync()
    {
        // Else the end of the unit of work has ended it, and Npgsql may have given its reader to whoever has the connection now.
        if (!await _guard.EnterAgainAsync().ConfigureAwait(false))
            return;
        try
        {
            var stream = _stream;
            (_stream, _cancelStream) = (null, null);
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _guard.Leave();
        }
    }

    private void CancelCopy()
    {
        try
        {
            _copy?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended.
        }
    }
}
