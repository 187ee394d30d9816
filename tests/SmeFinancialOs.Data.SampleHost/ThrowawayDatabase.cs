using System.Security.Cryptography;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.SampleHost;

/// <summary>For a first look: a PostgreSQL of this process, with two organizations, the demo, and users for them.</summary>
internal sealed class ThrowawayDatabase : IAsyncDisposable
{
    private readonly PostgresServer _server;

    private ThrowawayDatabase(PostgresServer server, IReadOnlyList<User> users) => (_server, Users) = (server, users);

    public string Description => _server.Description;

    public IReadOnlyList<User> Users { get; }

    /// <summary>Null where the configuration names a database.</summary>
    public static async Task<ThrowawayDatabase?> StartUnlessConfiguredAsync(ConfigurationManager configuration)
    {
        if (configuration["TenantData:ConnectionString"] is not null)
            return null;

        var server = await PostgresServer.StartAsync();
        var database = await server.CreateTenantDatabaseAsync(new TenantDatabaseOptions
        {
            Guard = true,
            MigrationsDirectory = Path.Combine(AppContext.BaseDirectory, "Migrations"),
        });
        var users = new[]
        {
            NewUser("alice", await AddOrganizationAsync(database, "Acme Ltd", invoices: 120)),
            NewUser("bob", await AddOrganizationAsync(database, "Globex", invoices: 80)),
            NewUser("olga", organizationId: null),
        };
        await AddDemoAsync(database);

        configuration["TenantData:ConnectionString"] = database.AppConnectionString;
        configuration["TenantData:AdminConnectionString"] = database.AdminConnectionString;
        for (var i = 0; i < users.Length; i++)
        {
            configuration[$"Users:{i}:Name"] = users[i].Name;
            configuration[$"Users:{i}:Password"] = users[i].Password;
            configuration[$"Users:{i}:OrganizationId"] = users[i].OrganizationId?.ToString();
        }

        return new ThrowawayDatabase(server, users);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static User NewUser(string name, Guid? organizationId) =>
        new() { Name = name, Password = RandomNumberGenerator.GetHexString(16, lowercase: true), OrganizationId = organizationId };

    private static async Task<Guid> AddOrganizationAsync(TenantDatabase database, string name, int invoices)
    {
        var organization = await database.CreateOrganizationAsync(name);
        await new InvoiceRepository(organization.Session).InsertManyAsync([.. Enumerable.Range(1, invoices).Select(i => new NewInvoice
        {
            Number = $"2026-{i:0000}",
            AmountCents = 10_000 + i * 137,
            CustomerName = $"Customer {i % 17} of {name}",
            Status = (InvoiceStatus)(i % 6),
            IssuedAt = new DateOnly(2026, 1, 1).AddDays(i % 300),
        })]);
        return organization.Id;
    }

    /// <summary>The demo cannot fill itself: an admin does, in a context that is opened for writes.</summary>
    private static async Task AddDemoAsync(TenantDatabase database)
    {
        await using var work = await database.Factory.OpenConnectionAsync(TenantContext.ForAdmin("sample host", "fill the demo").AsReadWrite());
        await new OrganizationRepository(work).CreateAsync("Demo", "demo", TenantContext.DemoOrganizationId);
        await work.ExecuteAsync(
            """
            INSERT INTO invoices (org_id, number, amount_cents, customer_name, status, issued_at)
            SELECT @demo, 'D-' || n, n * 1000, 'Demo customer ' || n, (ARRAY['draft', 'sent', 'paid', 'overdue'])[1 + n % 4], date '2026-01-01' + n
            FROM generate_series(1, 40) AS n
            """,
            new { demo = TenantContext.DemoOrganizationId });
        await work.CommitAsync();
    }
}
