using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Breakdown;

/// <summary>A pool for each login of the ladders, shared by all of them.</summary>
internal sealed class BreakdownPools : IAsyncDisposable
{
    private readonly BenchmarkPools _pools = new();

    private BreakdownPools(BenchmarkDatabase database)
    {
        Dataset = database.Dataset;
        Twin = _pools.Add(database.TwinConnectionString);
        Bypass = _pools.Add(database.BypassConnectionString);
        TwinLogin = LoginOf(Twin);
        BypassLogin = LoginOf(Bypass);
        App = _pools.Add(database.AppConnectionString);
        AppNotReset = _pools.AddNotReset(database.AppConnectionString);
        Factory = new TenantConnectionFactory(_pools.AddForTenants(database.AppConnectionString));
        InsertedRows = new InsertedRows(database.SuperuserConnectionString, Dataset.InsertingOrganization);
    }

    public static Shared<BreakdownPools> Shared { get; } = new(async () => new BreakdownPools(await Suite.Database.GetAsync()));

    public Dataset Dataset { get; }

    /// <summary>On the unprotected tables.</summary>
    public NpgsqlDataSource Twin { get; }

    /// <summary>The login as the role of its own settings: they cost what they cost, and change nothing else.</summary>
    public string TwinLogin { get; }

    /// <summary>On the protected tables, with BYPASSRLS.</summary>
    public NpgsqlDataSource Bypass { get; }

    /// <inheritdoc cref="TwinLogin"/>
    public string BypassLogin { get; }

    /// <summary>On the protected tables, bound by the policies: app_user.</summary>
    public NpgsqlDataSource App { get; }

    /// <summary>The same, and Npgsql does not reset its connections after use.</summary>
    public NpgsqlDataSource AppNotReset { get; }

    public TenantConnectionFactory Factory { get; }

    public InsertedRows InsertedRows { get; }

    public ValueTask DisposeAsync() => _pools.DisposeAsync();

    private static string LoginOf(NpgsqlDataSource dataSource) => new NpgsqlConnectionStringBuilder(dataSource.ConnectionString).Username!;
}
