using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Overhead;

/// <summary>The three ways, once they are known to agree.</summary>
internal sealed class OverheadWays : IAsyncDisposable
{
    private readonly BenchmarkPools _pools = new();

    private OverheadWays(BenchmarkDatabase database)
    {
        WithoutRls = new WithoutRls(_pools.Add(database.TwinConnectionString), database.Dataset);
        var admins = new TenantConnectionOptions { AdminDataSource = _pools.AddForTenants(database.AdminConnectionString) };
        WithRls = new WithRls(new TenantConnectionFactory(_pools.AddForTenants(database.AppConnectionString), admins), database.Dataset);
        ArticleRecipe = new ArticleRecipe(_pools.Add(database.ArticleTenantConnectionString),
            _pools.Add(database.ArticleAdminConnectionString), database.Dataset);
        InsertedRows = new InsertedRows(database.SuperuserConnectionString, database.Dataset.InsertingOrganization);
    }

    public IWay WithoutRls { get; }

    public IWay WithRls { get; }

    public IWay ArticleRecipe { get; }

    public InsertedRows InsertedRows { get; }

    /// <summary>How many invoices the measured organization has.</summary>
    public long MeasuredInvoices { get; private set; }

    public static async Task<OverheadWays> CreateAsync()
    {
        var database = await Suite.Database.GetAsync();
        var ways = new OverheadWays(database);
        Suite.Progress.Report("comparing the rows of all ways");
        ways.MeasuredInvoices = await new Agreement(ways, database).CheckAsync();
        Suite.Progress.Say($"All ways give the same rows, {ways.MeasuredInvoices} of them the measured organization's.");
        return ways;
    }

    /// <summary>Until the code is compiled for good and every connection has its statements prepared and their plans settled.</summary>
    public async Task WarmUpAsync()
    {
        foreach (var way in (IWay[])[WithoutRls, WithRls, ArticleRecipe])
        {
            for (var call = 0; call < 300; call++)
            {
                await way.InsertAsync(InsertedRows.Next());
                if (way != ArticleRecipe)
                    await way.NewestAsync();
            }

            for (var call = 0; call < 8; call++)
            {
                await way.NewestAsync();
                await way.CountByStatusAsync();
                await way.GetTotalsByOrganizationAsync();
            }
        }

        await InsertedRows.RemoveAsync();
    }

    public ValueTask DisposeAsync() => _pools.DisposeAsync();
}
