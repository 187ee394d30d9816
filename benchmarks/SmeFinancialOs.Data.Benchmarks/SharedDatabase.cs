namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>One server and one dataset for a process, started by whoever needs it first.</summary>
internal static class SharedDatabase
{
    private static readonly Lock Gate = new();
    private static readonly CancellationTokenSource Stopping = new();
    private static Task<BenchmarkDatabase>? _started;
    private static Task? _stopped;

    public static Scale Scale { get; set; } = Scale.Full;

    public static Progress Progress { get; } = new();

    /// <summary>Cancelled when the process has been asked to end.</summary>
    public static CancellationToken StoppingToken => Stopping.Token;

    /// <summary>Why there is no database; null when there is one, or nobody has asked for it.</summary>
    public static Exception? Fault => _started?.Exception?.GetBaseException();

    public static Task<BenchmarkDatabase> GetAsync()
    {
        lock (Gate)
        {
            if (_started is null)
            {
                // For a process of BenchmarkDotNet's, which ends without asking us (a job on the command line).
                AppDomain.CurrentDomain.ProcessExit += (_, _) => StopAsync().Wait(TimeSpan.FromSeconds(30));
                _started = Task.Run(() => BenchmarkDatabase.StartAsync(Scale, Progress, StoppingToken));
            }

            return _started;
        }
    }

    /// <summary>Leaves nothing behind, however far the start has come. Can be called again.</summary>
    public static Task StopAsync()
    {
        lock (Gate)
            return _stopped ??= Task.Run(StopCoreAsync);
    }

    private static async Task StopCoreAsync()
    {
        Progress.Report("stopping");
        await Stopping.CancelAsync();
        if (_started is { } started)
        {
            // A start that failed has cleaned up after itself.
            await ((Task)started).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (started.IsCompletedSuccessfully)
                await started.Result.DisposeAsync();
        }

        await Progress.DisposeAsync();
    }
}
