using Npgsql;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Tests.Standby;

/// <summary>A primary of its own with two organizations and the demo, and a standby that streams from it.</summary>
public class PrimaryAndStandby : IAsyncLifetime
{
    private readonly List<NpgsqlDataSource> _sources = [];

    protected virtual TenantDatabaseOptions Options { get; } = new();

    internal PostgresServer Primary { get; private set; } = null!;

    internal StandbyServer Standby { get; private set; } = null!;

    internal TenantDatabase Database { get; private set; } = null!;

    internal TenantContext A { get; } = TenantContext.ForOrganization(Guid.CreateVersion7());

    internal TenantContext B { get; } = TenantContext.ForOrganization(Guid.CreateVersion7());

    public async ValueTask InitializeAsync()
    {
        Primary = await PostgresServer.StartAsync();
        if (Primary.Kind is PostgresServerKind.ConnectionString or PostgresServerKind.Docker)
            Assert.Skip("A standby is made from the files of a server on this machine: SME_DATA_POSTGRES=local or embedded.");
        Database = await Primary.CreateTenantDatabaseAsync(Options);
        Standby = await StandbyServer.StartAsync(Primary);
        var admin = CreateFactory().CreateSession(TenantContext.ForAdmin("setup", "test data").AsReadWrite());
        (Guid, string)[] organizations =
            [(A.OrganizationId!.Value.ToGuid(), "a"), (B.OrganizationId!.Value.ToGuid(), "b"), (TenantContext.DemoOrganizationId, "demo")];
        foreach (var (id, slug) in organizations)
            await new OrganizationRepository(admin).CreateAsync(slug, slug, id);
        await Standby.CatchUpAsync(Primary);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var source in _sources)
            await source.DisposeAsync();
        if (Standby is not null)
            await Standby.DisposeAsync();
        await Primary.DisposeAsync();
    }

    /// <summary>The standby comes first among the hosts: nothing is on the primary by chance.</summary>
    internal TenantConnectionFactory CreateFactory(bool preferStandby = true) => new(
        Hosts(Database.AppConnectionString),
        new TenantConnectionOptions
        {
            AdminDataSource = Hosts(Database.AdminConnectionString),
            ReadOnlyContextsPreferStandby = preferStandby,
            SealKey = Database.SealKey
        });

    internal NpgsqlDataSource Hosts(string connectionString)
    {
        var source = new NpgsqlDataSourceBuilder(Standby.HostsOf(connectionString)).UseTenantDefaults().Build();
        _sources.Add(source);
        return source;
    }
}
