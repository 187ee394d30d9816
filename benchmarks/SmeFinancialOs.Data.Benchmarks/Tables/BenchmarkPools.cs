using Npgsql;

namespace SmeFinancialOs.Data.Benchmarks.Tables;

/// <summary>The connection pools of all ways, with the same settings for each.</summary>
/// <param name="maximumPoolSize">Connections of each pool.</param>
internal sealed class BenchmarkPools(int maximumPoolSize = BenchmarkPools.UsualPoolSize) : IAsyncDisposable
{
    private const int UsualPoolSize = 2;

    private readonly List<NpgsqlDataSource> _dataSources = [];

    /// <summary>What the report says of the usual ones.</summary>
    public static string Settings => SettingsOf(UsualPoolSize);

    /// <summary>What the report says of pools of that size.</summary>
    public static string SettingsOf(int maximumPoolSize) => $"Max Auto Prepare=50; Auto Prepare Min Usages=2; Maximum Pool Size={maximumPoolSize}";

    public NpgsqlDataSource Add(string connectionString)
    {
        var dataSource = NpgsqlDataSource.Create($"{connectionString.TrimEnd(';')};{SettingsOf(maximumPoolSize)}");
        _dataSources.Add(dataSource);
        return dataSource;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var dataSource in _dataSources)
            await dataSource.DisposeAsync();
    }
}
