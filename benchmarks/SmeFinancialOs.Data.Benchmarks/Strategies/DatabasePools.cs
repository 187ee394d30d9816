using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Strategies;

/// <summary>A pool of one connection for each database, and no more connections than the limit: the one that was opened first is closed first.</summary>
internal sealed class DatabasePools(int connectionLimit) : IAsyncDisposable
{
    private readonly Dictionary<Guid, NpgsqlDataSource> _dataSources = [];
    private readonly Queue<NpgsqlDataSource> _open = [];

    public void Add(Guid organization, string connectionString) =>
        _dataSources.Add(organization, NpgsqlDataSource.Create($"{connectionString};{BenchmarkPools.SettingsOf(1)}"));

    /// <summary>For one caller at a time.</summary>
    public NpgsqlDataSource Of(Guid organization)
    {
        var dataSource = _dataSources[organization];
        if (_open.Contains(dataSource))
            return dataSource;
        if (_open.Count == connectionLimit)
            _open.Dequeue().Clear();
        _open.Enqueue(dataSource);
        return dataSource;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var dataSource in _dataSources.Values)
            await dataSource.DisposeAsync();
    }
}
