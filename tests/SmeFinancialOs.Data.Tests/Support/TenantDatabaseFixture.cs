using Npgsql;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Tests.Support;

/// <summary>A migrated and seeded database of its own for each test class, on the one server of the process.</summary>
public class TenantDatabaseFixture : IAsyncLifetime
{
    private NpgsqlDataSource _tenants = null!;
    private NpgsqlDataSource _admins = null!;

    public TenantDatabase Database { get; private set; } = null!;

    public PostgresServer Server { get; private set; } = null!;

    /// <summary>For raw connections: what an attacker leaves on one, Npgsql takes back.</summary>
    public NpgsqlDataSource AppDataSource { get; private set; } = null!;

    public NpgsqlDataSource AdminDataSource { get; private set; } = null!;

    public NpgsqlDataSource SuperuserDataSource { get; private set; } = null!;

    /// <summary>As a host is told to make it, on data sources of its own.</summary>
    public TenantConnectionFactory Factory { get; private set; } = null!;

    public Guid OrganizationA { get; } = Guid.Parse(Seed.A);

    public Guid OrganizationB { get; } = Guid.Parse(Seed.B);

    public TenantContext ContextA => TenantContext.ForOrganization(OrganizationA);

    public TenantContext ContextB => TenantContext.ForOrganization(OrganizationB);

    public int ServerMajorVersion => Server.ServerVersion.Major;

    /// <summary>From 16 on, whether a membership inherits is settled by its GRANT, not by the member.</summary>
    public bool GrantsDecideInheritance => ServerMajorVersion >= 16;

    protected virtual TenantDatabaseOptions Options { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Server = await TestServer.StartAsync(TestContext.Current.CancellationToken);
        Database = await Server.CreateTenantDatabaseAsync(Options, TestContext.Current.CancellationToken);
        AppDataSource = NpgsqlDataSource.Create(Database.AppConnectionString);
        AdminDataSource = NpgsqlDataSource.Create(Database.AdminConnectionString);
        // Npgsql hides the DETAIL of errors by default; a test of what it tells has to see it.
        SuperuserDataSource = NpgsqlDataSource.Create(Database.SuperuserConnectionString.WithErrorDetail());
        _tenants = new NpgsqlDataSourceBuilder(Database.AppConnectionString).UseTenantDefaults().Build();
        _admins = new NpgsqlDataSourceBuilder(Database.AdminConnectionString).UseTenantDefaults().Build();
        Factory = new TenantConnectionFactory(_tenants, new TenantConnectionOptions { AdminDataSource = _admins, SealKey = Database.SealKey });
        await SeedAsync();
    }

    /// <summary>Puts the seed back, for a test that has to commit what it does.</summary>
    public Task SeedAsync() => AsSuperuserAsync(Seed.Sql);

    /// <summary>A raw connection of the host app's login: no role, no organization.</summary>
    public async Task<NpgsqlConnection> OpenAsAppUserAsync() => await AppDataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);

    public async Task<NpgsqlConnection> OpenAsAdminUserAsync() => await AdminDataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);

    public async Task<NpgsqlConnection> OpenAsSuperuserAsync() => await SuperuserDataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);

    /// <summary>A raw connection of the actor's own login with role and organization set for the session: the attacker has any SQL, but no more.</summary>
    public async Task<NpgsqlConnection> OpenAsAsync(Actor actor)
    {
        var connection = actor.Login switch
        {
            "app_user" => await OpenAsAppUserAsync(),
            "admin_user" => await OpenAsAdminUserAsync(),
            _ => await OpenAsSuperuserAsync(),
        };
        await connection.RunAsync(actor.Sql(local: false));
        return connection;
    }

    public async Task AsSuperuserAsync(string sql)
    {
        await using var superuser = await OpenAsSuperuserAsync();
        await superuser.RunAsync(sql);
    }

    /// <summary>A value as it really is, whatever the policies show.</summary>
    public async Task<T?> TruthAsync<T>(string sql)
    {
        await using var superuser = await OpenAsSuperuserAsync();
        return await superuser.ScalarAsync<T>(sql);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _tenants.DisposeAsync();
        await _admins.DisposeAsync();
        await AppDataSource.DisposeAsync();
        await AdminDataSource.DisposeAsync();
        await SuperuserDataSource.DisposeAsync();
        await Database.DisposeAsync();
    }
}
