using SmeFinancialOs.Data.Diagnostics;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// Ends a stream whose reader does not ask for the next row in time. It holds a connection and a transaction; the server's timeouts do not end it, because it
/// is the server that waits to send.
/// </summary>
/// <param name="gate">Through which its reader goes for each row.</param>
/// <param name="telemetry">Where it is reported, and the clock.</param>
/// <param name="context">Whose stream it is.</param>
/// <param name="timeout">The longest time between two rows; null for any.</param>
/// <param name="end">Ends the stream, once nobody can ask for a row any more.</param>
internal sealed class StreamIdleTimer(ConcurrencyGuard gate, Telemetry telemetry, TenantContext context, TimeSpan? timeout, Func<ValueTask> end) : IDisposable
{
    private readonly TimeProvider _time = telemetry.Time;
    private ITimer? _timer;
    private long _handedOutAt;

    /// <summary>The reader leaves, with a row.</summary>
    public void HandOut()
    {
        if (timeout is not { } limit)
            return;
        Volatile.Write(ref _handedOutAt, _time.GetTimestamp());
        // One for the whole stream: rows are many.
        if (_timer is null)
            Start(limit);
    }

    public void Dispose() => Interlocked.Exchange(ref _timer, null)?.Dispose();

    private void Start(TimeSpan due) =>
        Interlocked.Exchange(ref _timer, WeakTimer.Start(_time, this, static watch => watch.Look(), due))?.Dispose();

    private void Look()
    {
        var limit = timeout!.Value;
        if (_time.GetElapsedTime(Volatile.Read(ref _handedOutAt)) is var idle && idle < limit)
            Start(limit - idle);
        else if (gate.TryClose(IsIdle, () => StreamIdleTimeoutException.OfStream(limit)))
            _ = EndAsync();
        else if (!gate.IsClosed)
            Start(limit);
    }

    private bool IsIdle() => _time.GetElapsedTime(Volatile.Read(ref _handedOutAt)) >= timeout;

    private async Task EndAsync()
    {
        try
        {
            telemetry.StreamIdle(context, timeout!.Value);
            await end().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Of a line that is broken, or a logger. The reader is told by its next call.
        }
        finally
        {
            Dispose();
        }
    }
}
