using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;
using SmeFinancialOs.Data.Benchmarks.Ways;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Benchmarks.Growth;

/// <summary>
/// A database with one of the tables, and three ways to ask it. All read the same table: who is not bound by its policies logs in with BYPASSRLS.
/// </summary>
internal sealed class GrowthDatabase : IAsyncDisposable
{
    /// <summary>Half of ten million rows can take longer than the default of 30 s on a busy machine.</summary>
    private const string Timeout = ";Command Timeout=300";

    private readonly TenantDatabase _database;
    private readonly BenchmarkPools _pools = new();

    private GrowthDatabase(GrowthTable table, TenantDatabase database, ThrowawayLogin unbound)
    {
        (Table, _database) = (table, database);
        var unboundConnectionString = unbound.ConnectionString(database.SuperuserConnectionString) + Timeout;
        AdoNet = new AdoNetWay(_pools.Add(unboundConnectionString), TableSets.Protected);
        Dapper = new DapperWay(_pools.Add(unboundConnectionString), TableSets.Protected);
        Session = new SessionWay(new TenantConnectionFactory(_pools.AddForTenants(database.AppConnectionString + Timeout)));
    }

    public GrowthTable Table { get; }

    public ITotalsWay AdoNet { get; }

    public ITotalsWay Dapper { get; }

    public ITotalsWay Session { get; }

    /// <summary>A superuser on the database.</summary>
    public string SuperuserConnectionString => _database.SuperuserConnectionString;

    public static async Task<GrowthDatabase> CreateAsync(PostgresServer server, GrowthTable table, ThrowawayLogin unbound, CancellationToken cancellationToken)
    {
        Suite.Progress.Report($"creating a database for {table.Name}");
        var result = new GrowthDatabase(table, await server.CreateTenantDatabaseAsync(cancellationToken: cancellationToken), unbound);
        try
        {
            await using var owner = new NpgsqlConnection(result.SuperuserConnectionString);
            await owner.RunAsync(unbound.GrantSql(TableSets.Protected), cancellationToken);
            await new GrowthSeeder(owner, table, Suite.Progress).RunAsync(cancellationToken);
            Suite.Progress.Report($"comparing and warming up {table.Name}");
            await result.CheckAsync();
            return result;
        }
        catch
        {
            await result.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _pools.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>
    /// All ways give the same rows, and as many as were seeded. Asked until each connection has its statements prepared and their plans settled.
    /// </summary>
    private async Task CheckAsync()
    {
        ITotalsWay[] ways = [AdoNet, Dapper, Session];
        foreach (var subject in GrowthSubject.All.Where(subject => subject.Table == Table))
        {
            var organization = GeneratedRows.OrganizationId(subject.Organization);
            for (var call = 0; call < 10; call++)
            {
                var newest = await SameRows.CheckAsync("list", ways, way => way.ListAsync(organization));
                SameRows.Require(newest.Count == 50 && newest.All(row => row.OrgId == organization), "the list does not give 50 rows of its organization");
            }

            var totals = await SameRows.CheckAsync("aggregate", ways, way => way.TotalsAsync(organization));
            SameRows.Require(totals.Sum(total => total.Count) == Table.RowsOf(subject.Organization), $"{subject.Name}: not as many invoices as were seeded");
        }

        await SameRows.CheckInsertAsync(ways, () => NextRow.For(GeneratedRows.OrganizationId(GrowthTable.Inserting)));
    }
}
