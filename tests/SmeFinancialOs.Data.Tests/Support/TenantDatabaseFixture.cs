using Npgsql;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Tests.Support;

/// <summary>A database of its own for a test class: migrated, with organizations A, B and the demo, and a few invoices of each.</summary>
public sealed class TenantDatabaseFixture : IAsyncLifetime
{
    public TenantDatabase Database { get; private set; } = null!;

    public NpgsqlDataSource AppDataSource { get; private set; } = null!;

    public NpgsqlDataSource AdminDataSource { get; private set; } = null!;

    public TenantConnectionFactory Factory { get; private set; } = null!;

    public int ServerMajorVersion { get; private set; }

    public Guid OrganizationA { get; } = Guid.CreateVersion7();

    public Guid OrganizationB { get; } = Guid.CreateVersion7();

    public async ValueTask InitializeAsync()
    {
        var server = await PostgresServer.GetSharedAsync();
        ServerMajorVersion = server.ServerVersion.Major;
        Database = await server.CreateTenantDatabaseAsync();
        AppDataSource = NpgsqlDataSource.Create(Database.AppConnectionString);
        AdminDataSource = NpgsqlDataSource.Create(Database.AdminConnectionString);
        Factory = new TenantConnectionFactory(AppDataSource, new() { AdminDataSource = AdminDataSource });

        await using var admin = await Factory.OpenConnectionAsync(TenantContext.ForAdmin("fixture", "seed").AsReadWrite());
        foreach (var (id, slug) in new[] { (OrganizationA, "a"), (OrganizationB, "b"), (TenantContext.DemoOrganizationId, "demo") })
        {
            await new OrganizationRepository(admin).CreateAsync($"Organization {slug}", slug, id);
            await admin.ExecuteAsync(
                """
                INSERT INTO public.invoices (org_id, number, amount_cents, customer_name, status, issued_at)
                SELECT @id, @slug || '-' || i, 1000 * i, 'customer of ' || @slug, 'sent', date '2026-01-01' + i FROM generate_series(1, 5) i
                """,
                new { id, slug });
        }

        await admin.CommitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await AppDataSource.DisposeAsync();
        await AdminDataSource.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>The host app's login with nothing in force: what an attacker has who got past the factory.</summary>
    public async Task<NpgsqlConnection> OpenAsAppUserAsync() => await AppDataSource.OpenConnectionAsync();

    public async Task<NpgsqlConnection> OpenAsSuperuserAsync()
    {
        var connection = new NpgsqlConnection(Database.OwnerConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
