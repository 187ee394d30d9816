using System.Diagnostics;

namespace SmeFinancialOs.Data.Benchmarks.Network;

/// <summary>Waits to within microseconds, which Task.Delay and Thread.Sleep do not: those wake up on the next millisecond, or the one after it.</summary>
internal static class PreciseDelay
{
    /// <summary>Thread.Sleep(1) is rarely longer than this.</summary>
    private static readonly long SleepsAtMost = Stopwatch.Frequency * 3 / 2000;

    /// <param name="timestamp">As <see cref="Stopwatch.GetTimestamp"/> counts.</param>
    public static void Until(long timestamp)
    {
        while (timestamp - Stopwatch.GetTimestamp() is > 0 and var left)
        {
            if (left > SleepsAtMost)
                Thread.Sleep(1);
            else
                // Gives the core to any thread that has work: app and server may share it with this one.
                Thread.Yield();
        }
    }
}
