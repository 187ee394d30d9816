using System.Runtime.CompilerServices;
using SmeFinancialOs.Data.Diagnostics;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Sessions;

/// <content>Calls that last as long as their caller reads.</content>
internal sealed partial class UnitOfWork
{
    private IAsyncDisposable? _stream;
    private Action? _cancelStream;
    private CancellationTokenSource? _copy;

    public async IAsyncEnumerable<T> StreamAsync<T>(RowsStatement<T> statement, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await EnterAsync().ConfigureAwait(false);
        _mayPrepareBySql |= !statement.IsOfRows;
        var stream = new RowStream<T>(Target, statement, telemetry, operation);
        var rows = stream.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        using var watch = new StreamIdleTimer(_gate, telemetry, context, settings.StreamIdleTimeout, EndAsync);
        (_stream, _cancelStream) = (rows, stream.Cancel);
        try
        {
            while (true)
            {
                T row;
                try
                {
                    if (!await rows.MoveNextAsync().ConfigureAwait(false))
                        break;
                    row = rows.Current;
                    watch.HandOut();
                }
                catch
                {
                    _hasFailed = true;
                    throw;
                }
                finally
                {
                    IsInForce |= !_hasFailed;
                    _gate.Leave();
                }

                yield return row;
                await _gate.ResumeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            // Else the end of the unit of work has ended it, and Npgsql may have given its reader to whoever has the connection now.
            if (await _gate.EnterAgainAsync().ConfigureAwait(false))
            {
                try
                {
                    (_stream, _cancelStream) = (null, null);
                    await rows.DisposeAsync().ConfigureAwait(false);
                }
                finally
                {
                    _gate.Leave();
                }
            }
        }
    }

    public async Task CopyAsync(string copyCommand, Stream destination, CallTimeout? timeout, CancellationToken cancellationToken)
    {
        CopyOut.Require(copyCommand, destination);
        using var call = telemetry.StartCall(OperationName.Copy, context, operation);
        // Whoever reads the destination may have gone, and this unit of work end before it does: it must not wait for them.
        using var copy = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await EnterAsync().ConfigureAwait(false);
        _copy = copy;
        try
        {
            // COPY cannot ride in a batch.
            if (timeout is not null)
                await CallTimeout.RunAsync(connection, transaction, timeout.SetCommand(), copy.Token).ConfigureAwait(false);
            await CopyOut.RunAsync(Target, copyCommand, destination, timeout, telemetry.Time, copy.Token).ConfigureAwait(false);
            if (timeout is not null)
                await CallTimeout.RunAsync(connection, transaction, CallTimeout.RestoreCommand(), copy.Token).ConfigureAwait(false);
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
            _gate.Leave();
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
