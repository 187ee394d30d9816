using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SmeFinancialOs.Data.Benchmarks.Network;

/// <summary>Waits to within microseconds. Task.Delay and Thread.Sleep count in milliseconds, and wake up a millisecond late.</summary>
internal static class PreciseDelay
{
    /// <summary>How late a sleeping thread may wake up; so much is waited awake. Linux wakes it within 50 microseconds of its time, unless it is busy.</summary>
    private static readonly TimeSpan Awake = TimeSpan.FromMicroseconds(80);

    /// <param name="timestamp">As <see cref="Stopwatch.GetTimestamp"/> counts.</param>
    public static void Until(long timestamp)
    {
        while (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), timestamp) is var left && left > TimeSpan.Zero)
        {
            if (left > Awake)
                Sleep(left - Awake);
            else
                Thread.SpinWait(10);
        }
    }

    private static void Sleep(TimeSpan time)
    {
        // Windows has nothing as fine: whole milliseconds, and for less the core is given to another thread that has work.
        if (OperatingSystem.IsWindows())
            Thread.Sleep((int)time.TotalMilliseconds);
        else
            _ = SleepMicroseconds((uint)time.TotalMicroseconds);
    }

    /// <seealso href="https://man7.org/linux/man-pages/man3/usleep.3.html"/>
    [DllImport("libc", EntryPoint = "usleep")]
    private static extern int SleepMicroseconds(uint microseconds);
}
