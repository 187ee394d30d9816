using System.Runtime.CompilerServices;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// Hands out the rows of a stream. Nobody else uses its connection while a row is read, each row demands the context of the stream, and a reader that stays
/// away for too long finds it ended.
/// </summary>
internal static class GuardedStream
{
    /// <param name="open">Sends the query. The guard is entered when this returns.</param>
    /// <param name="binding">Is to be met by the caller's flow for each row but the first, for which <paramref name="open"/> demands it.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public static async IAsyncEnumerable<T> ReadAsync<T>(
        Func<CancellationToken, Task<OpenStream<T>>> open, ContextBinding binding, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stream = await open(cancellationToken).ConfigureAwait(false);
        using var timer = stream.IdleTimer;
        try
        {
            for (var isFirst = true; ; isFirst = false)
            {
                T row;
                try
                {
                    if (!isFirst)
                        binding.Require();
                    if (!await MoveAsync(stream).ConfigureAwait(false))
                        break;
                    row = stream.Rows.Current;
                    timer.HandOut();
                }
                finally
                {
                    stream.Guard.Leave();
                }

                yield return row;
                await stream.Guard.ResumeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            await stream.End().ConfigureAwait(false);
        }
    }

    private static async ValueTask<bool> MoveAsync<T>(OpenStream<T> stream)
    {
        try
        {
            var isAtRow = await stream.Rows.MoveNextAsync().ConfigureAwait(false);
            stream.Connection.IsInForce = true;
            return isAtRow;
        }
        catch
        {
            stream.Fail?.Invoke();
            throw;
        }
    }
}
