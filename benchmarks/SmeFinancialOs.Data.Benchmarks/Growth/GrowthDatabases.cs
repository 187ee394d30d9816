using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Growth;

/// <summary>A database for each table, side by side: sizes that are compared are measured in the same rounds.</summary>
internal sealed class GrowthDatabases : IAsyncDisposable
{
    private readonly List<GrowthDatabase> _databases = [];
    private readonly ThrowawayLogin _unbound;

    private GrowthDatabases(ThrowawayLogin unbound) => _unbound = unbound;

    public static async Task<GrowthDatabases> CreateAsync()
    {
        var server = await Suite.Server.GetAsync();
        var result = new GrowthDatabases(await ThrowawayLogin.CreateAsync(server, "BYPASSRLS", Suite.StoppingToken));
        try
        {
            foreach (var table in GrowthTable.All)
            {
                result._databases.Add(await GrowthDatabase.CreateAsync(server, table, result._unbound, Suite.StoppingToken));
                Suite.Progress.Say($"{table.Name}: seeded; all ways give the same rows.");
            }

            return result;
        }
        catch
        {
            await result.DisposeAsync();
            throw;
        }
    }

    public GrowthDatabase Of(GrowthTable table) => _databases.Single(database => database.Table == table);

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases)
            await database.DisposeAsync();
        await _unbound.DisposeAsync();
    }
}
