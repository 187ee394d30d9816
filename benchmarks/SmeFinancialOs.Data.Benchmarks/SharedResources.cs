namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>All that was started, to be disposed in the opposite order: what came later stands on what came before.</summary>
internal static class SharedResources
{
    private static readonly Lock Gate = new();
    private static readonly List<Task> Starts = [];
    private static readonly Stack<IAsyncDisposable> Started = [];

    /// <summary>Why something could not be started; null when all could.</summary>
    public static Exception? Fault
    {
        get
        {
            lock (Gate)
                return Starts.Find(start => start.IsFaulted)?.Exception?.GetBaseException();
        }
    }

    public static Task<T> StartAsync<T>(Func<Task<T>> start)
        where T : IAsyncDisposable
    {
        lock (Gate)
        {
            // For a process of BenchmarkDotNet's, which ends without asking us (a job on the command line).
            if (Starts.Count == 0)
                AppDomain.CurrentDomain.ProcessExit += (_, _) => Suite.StopAsync().Wait(TimeSpan.FromSeconds(30));
            var started = Task.Run(StartCoreAsync);
            Starts.Add(started);
            return started;
        }

        async Task<T> StartCoreAsync()
        {
            // A start that fails cleans up after itself.
            var resource = await start();
            lock (Gate)
                Started.Push(resource);
            return resource;
        }
    }

    public static async Task DisposeAsync()
    {
        Task[] starts;
        lock (Gate)
            starts = [.. Starts];
        foreach (var start in starts)
            await start.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (Started.TryPop(out var resource))
            await resource.DisposeAsync();
    }
}
