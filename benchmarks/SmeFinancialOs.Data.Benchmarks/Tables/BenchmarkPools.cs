using Npgsql;

namespace SmeFinancialOs.Data.Benchmarks.Tables;

/// <summary>The connection pools of all ways, with the same settings for each.</summary>
internal sealed class BenchmarkPools : IAsyncDisposable
{
    /// <summary>What the report says of them.</summary>
    public const string Settings = "Max Auto Prepare=50; Auto Prepare Min Usages=2; Maximum Pool Size=2";

    private readonly List<NpgsqlDataSource> _dataSources = [];

    public NpgsqlDataSource Add(string connectionString)
    {
        var dataSource = NpgsqlDataSource.Create($"{connectionString.TrimEnd(';')};{Settings}");
        _dataSources.Add(dataSource);
        return dataSource;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var dataSource in _dataSources)
            await dataSource.DisposeAsync();
    }
}
