using Npgsql;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.BadInput.Tests;

/// <summary>A database with rows of an organization, reached over one connection for each login: what a call leaves on it, the next one notices.</summary>
public sealed class BadInputDatabase : IAsyncLifetime
{
    private NpgsqlDataSource _truth = null!;

    public PostgresServer Server { get; private set; } = null!;

    public TenantDatabase Database { get; private set; } = null!;

    public NpgsqlDataSource App { get; private set; } = null!;

    public NpgsqlDataSource Admin { get; private set; } = null!;

    public TenantConnectionFactory Factory { get; private set; } = null!;

    public TenantContext Tenant { get; private set; } = null!;

    public Invoice Invoice { get; private set; } = null!;

    public static TenantContext AdminContext => TenantContext.ForAdmin("admin", "bad input").AsReadWrite();

    public async ValueTask InitializeAsync()
    {
        Server = await TestServer.StartAsync();
        Database = await Server.CreateTenantDatabaseAsync();
        App = Build(Database.AppConnectionString);
        Admin = Build(Database.AdminConnectionString);
        Factory = new TenantConnectionFactory(App, new TenantConnectionOptions { AdminDataSource = Admin });
        Tenant = (await Database.CreateOrganizationAsync()).Context;
        Invoice = await new InvoiceRepository(Factory.CreateSession(Tenant)).InsertAsync(
            new NewInvoice { Number = "1", CustomerName = "x", AmountCents = 1, IssuedAt = new DateOnly(2026, 1, 1) });
        _truth = NpgsqlDataSource.Create(Database.SuperuserConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _truth.DisposeAsync();
        await App.DisposeAsync();
        await Admin.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>How many rows each table has, what the invoice looks like, and how often an admin came.</summary>
    internal async Task<DatabaseState> TracesAsync()
    {
        await using var command = _truth.CreateCommand(
            """
            SELECT concat_ws(' ', (SELECT count(*) FROM organizations), (SELECT string_agg(i::text, ',' ORDER BY id) FROM invoices i),
                (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_database), (SELECT count(*) FROM pg_roles)),
                (SELECT count(*) FROM app.admin_access_log)
            """);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new DatabaseState(reader.GetString(0), reader.GetInt64(1));
    }

    /// <summary>Both connections are free, and in order.</summary>
    public async Task RequireHealthAsync()
    {
        if (await Factory.CreateSession(Tenant).ExecuteScalarAsync<Guid>("SELECT app.current_org_id()") != Tenant.OrganizationId)
            throw new InvalidOperationException("The connection has another tenant.");
        await using var admin = await Admin.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("SELECT 1", admin);
        await command.ExecuteScalarAsync();
    }

    private static NpgsqlDataSource Build(string connectionString) =>
        new NpgsqlDataSourceBuilder(connectionString + ";Maximum Pool Size=1;Timeout=5").UseTenantDefaults().Build();
}

/// <summary>What a call leaves behind is seen by counting: nobody else may do anything meanwhile.</summary>
[CollectionDefinition]
public sealed class BadInputTestGroup : ICollectionFixture<BadInputDatabase>;

/// <summary>What is in the database.</summary>
internal sealed record DatabaseState(string Rows, long AdminEntries);
