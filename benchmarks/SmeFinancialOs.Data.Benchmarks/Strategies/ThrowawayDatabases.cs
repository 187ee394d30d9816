using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Benchmarks.Strategies;

/// <summary>Empty databases that are dropped before the server is.</summary>
internal sealed class ThrowawayDatabases(PostgresServer server) : IAsyncDisposable
{
    private readonly List<string> _connectionStrings = [];

    /// <summary>A superuser's connection string to a new one. Without a pool: five hundred of them would hold as many connections.</summary>
    public async Task<string> CreateAsync(CancellationToken cancellationToken)
    {
        var connectionString = await server.CreateEmptyDatabaseAsync(cancellationToken);
        _connectionStrings.Add(connectionString);
        return $"{connectionString};Pooling=false";
    }

    public async ValueTask DisposeAsync()
    {
        // At the end of the run they go with a throwaway server, hundreds at once.
        if (Suite.StoppingToken.IsCancellationRequested && server.Kind != PostgresServerKind.ConnectionString)
            return;
        // Each of them waits for a checkpoint, and several can wait for the same.
        await Parallel.ForEachAsync(_connectionStrings, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (connectionString, _) =>
        {
            await using var owner = new NpgsqlConnection(server.ConnectionString);
            await owner.RunAsync($"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)",
                CancellationToken.None);
        });
    }
}
