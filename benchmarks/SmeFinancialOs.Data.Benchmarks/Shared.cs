namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>Started once for the process, by whoever needs it first, and disposed when the suite stops.</summary>
internal sealed class Shared<T>(Func<Task<T>> start)
    where T : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private Task<T>? _started;

    public Task<T> GetAsync()
    {
        lock (_lock)
            return _started ??= SharedResources.StartAsync(start);
    }
}
