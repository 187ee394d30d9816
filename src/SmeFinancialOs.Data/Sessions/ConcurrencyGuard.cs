namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// Lets in one call of a unit of work at a time, and its end only when none is under way. Npgsql refuses a second statement too, but not a rollback
/// beside a statement whose answer has not begun: the two then read each other's answers.
/// </summary>
internal sealed class ConcurrencyGuard
{
    private int _isBusy;
    private int _isClosed;
    private TaskCompletionSource? _left;
    private Func<Exception>? _whyClosed;

    public bool IsClosed => Volatile.Read(ref _isClosed) != 0;

    /// <summary>Each call is followed by <see cref="Leave"/>.</summary>
    public void Enter()
    {
        if (Interlocked.Exchange(ref _isBusy, 1) != 0)
        {
            throw new InvalidOperationException(
                "A unit of work serves one caller at a time, and another call of it is under way: await that one first, or open a unit of work for each.");
        }

        if (!IsClosed)
            return;
        Leave();
        RequireOpen();
    }

    /// <summary>Throws why it was closed.</summary>
    public void RequireOpen()
    {
        if (IsClosed)
            throw _whyClosed?.Invoke() ?? new ObjectDisposedException(nameof(UnitOfWork), "This unit of work was disposed. Open another one for more work.");
    }

    /// <summary>The same for the end of a call that goes on, such as a stream: waits for its turn.</summary>
    /// <returns>False when the gate is closed: whoever closed it ends the call.</returns>
    public async ValueTask<bool> EnterAgainAsync()
    {
        while (!IsClosed)
        {
            if (Interlocked.Exchange(ref _isBusy, 1) == 0)
            {
                if (!IsClosed)
                    return true;
                Leave();
            }

            await Task.Yield();
        }

        return false;
    }

    /// <summary>The same, for a reader that comes back for the next row.</summary>
    public ValueTask ResumeAsync()
    {
        var entered = EnterAgainAsync();
        if (entered is { IsCompletedSuccessfully: true, Result: true })
            return ValueTask.CompletedTask;
        return RequireAsync(entered);
    }

    public void Leave()
    {
        Interlocked.Exchange(ref _isBusy, 0);
        Volatile.Read(ref _left)?.TrySetResult();
    }

    /// <summary>Lets nobody in any more.</summary>
    /// <returns>False when it was closed before.</returns>
    public bool Close() => Interlocked.Exchange(ref _isClosed, 1) == 0;

    /// <summary>The same, unless somebody is in.</summary>
    /// <param name="condition">Asked while nobody can enter.</param>
    /// <param name="why">What is thrown by whoever wants to enter afterwards.</param>
    public bool TryClose(Func<bool> condition, Func<Exception> why)
    {
        if (Interlocked.Exchange(ref _isBusy, 1) != 0)
            return false;
        var isClosed = false;
        if (!IsClosed && condition())
        {
            _whyClosed = why;
            isClosed = Close();
        }

        Leave();
        return isClosed;
    }

    /// <summary>Whether it was closed by <see cref="TryClose"/>.</summary>
    public bool IsClosedForReason => IsClosed && _whyClosed is not null;

    /// <summary>Once closed: until nobody is in.</summary>
    public async ValueTask EmptyAsync()
    {
        if (Volatile.Read(ref _isBusy) == 0)
            return;
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _left, left);
        if (Volatile.Read(ref _isBusy) != 0)
            await left.Task.ConfigureAwait(false);
    }

    private async ValueTask RequireAsync(ValueTask<bool> entered)
    {
        if (!await entered.ConfigureAwait(false))
            RequireOpen();
    }
}
