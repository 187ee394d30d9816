namespace SmeFinancialOs.Data.Benchmarks.Strategies;

/// <summary>The tenants that are measured now: one set at a time, as connections and disk do not suffice for all.</summary>
internal sealed class CurrentSet : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private StrategySet? _set;

    /// <summary>The one with so many tenants. Any other is dropped.</summary>
    public async Task<StrategySet> OfAsync(int tenants)
    {
        await _gate.WaitAsync(Suite.StoppingToken);
        try
        {
            if (_set?.Tenants.Count == tenants)
                return _set;
            await DropAsync();
            return _set = await StrategySet.CreateAsync(tenants, Suite.StoppingToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Waits for a set that is being created: it then sees that the suite stops, and drops itself.</summary>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        await DropAsync();
    }

    private async Task DropAsync()
    {
        if (_set is not null)
            await _set.DisposeAsync();
        _set = null;
    }
}
