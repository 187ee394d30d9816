using Npgsql;

namespace SmeFinancialOs.Data.Benchmarks.Tables;

/// <summary>The connection pools of all ways, with the same settings for each.</summary>
/// <param name="maximumPoolSize">Connections of each pool.</param>
internal sealed class BenchmarkPools(int maximumPoolSize = BenchmarkPools.UsualPoolSize) : IAsyncDisposable
{
    private const int UsualPoolSize = 2;

    private readonly List<NpgsqlDataSource> _dataSources = [];

    /// <summary>What the report says of the usual ones.</summary>
    public static string Description => DescriptionOf(UsualPoolSize);

    /// <summary>What the report says of pools of that size.</summary>
    public static string DescriptionOf(int maximumPoolSize) =>
        $"{SettingsOf(maximumPoolSize)}; Npgsql's own reset of used connections, this library's for its sessions (UseTenantDefaults)";

    /// <summary>For a connection string.</summary>
    public static string SettingsOf(int maximumPoolSize) => $"Max Auto Prepare=50; Auto Prepare Min Usages=2; Maximum Pool Size={maximumPoolSize}";

    /// <summary>As Npgsql makes it.</summary>
    public NpgsqlDataSource Add(string connectionString) => Keep(BuilderOf(connectionString).Build());

    /// <summary>As this library tells its hosts to make it: the reset of used connections is left to it.</summary>
    public NpgsqlDataSource AddForTenants(string connectionString) => Keep(BuilderOf(connectionString).UseTenantDefaults().Build());

    /// <summary>Not reset at all: what a session leaves on its connection, the next user finds.</summary>
    public NpgsqlDataSource AddNotReset(string connectionString) => Add(connectionString.TrimEnd(';') + ";No Reset On Close=true");

    public async ValueTask DisposeAsync()
    {
        foreach (var dataSource in _dataSources)
            await dataSource.DisposeAsync();
    }

    private NpgsqlDataSourceBuilder BuilderOf(string connectionString) => new($"{connectionString.TrimEnd(';')};{SettingsOf(maximumPoolSize)}");

    private NpgsqlDataSource Keep(NpgsqlDataSource dataSource)
    {
        _dataSources.Add(dataSource);
        return dataSource;
    }
}
