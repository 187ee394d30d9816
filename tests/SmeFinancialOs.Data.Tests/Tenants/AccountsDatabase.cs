using System.Globalization;
using Npgsql;
using SmeFinancialOs.Data.Testing;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Tenants;

/// <summary>The database of an app that existed before this library: accounts with ids of one type, and their orders.</summary>
public abstract class AccountsDatabase : IAsyncLifetime
{
    private NpgsqlDataSource _app = null!;
    private NpgsqlDataSource _admins = null!;

    public abstract TenantKey A { get; }

    public abstract TenantKey B { get; }

    public abstract TenantKey Demo { get; }

    /// <summary>An id that no account has.</summary>
    public abstract TenantKey Nobody { get; }

    public TenantContext ContextA => TenantContext.ForOrganization(A);

    public TenantContext ContextB => TenantContext.ForOrganization(B);

    public TenantDatabase Database { get; private set; } = null!;

    public TenantConnectionFactory Factory { get; private set; } = null!;

    protected virtual bool IsSealed => false;

    /// <summary>The same delegate for each database of a type: it is migrated once.</summary>
    protected abstract Func<string, CancellationToken, Task> Migration { get; }

    public async ValueTask InitializeAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        var server = await TestServer.StartAsync(cancel);
        Database = await server.CreateTenantDatabaseAsync(new() { TenantType = A.Type, Seal = IsSealed, Guard = true, MigrateAsync = Migration }, cancel);
        _app = new NpgsqlDataSourceBuilder(Database.AppConnectionString).UseTenantDefaults().Build();
        _admins = new NpgsqlDataSourceBuilder(Database.AdminConnectionString).UseTenantDefaults().Build();
        Factory = new(_app, new() { TenantType = A.Type, AdminDataSource = _admins, SealKey = Database.SealKey });
        await using var superuser = await OpenAsSuperuserAsync();
        foreach (var (id, name) in new[] { (A, "a"), (B, "b"), (Demo, "demo") })
        {
            await superuser.RunAsync($"""
                INSERT INTO public.accounts VALUES ('{id}', '{name}');
                INSERT INTO public.orders (account_id, id, note, changed_by) SELECT '{id}', n, 'secret of {name}', 'seed' FROM generate_series(1, 3) n
                """);
        }
    }

    public async Task<NpgsqlConnection> OpenAsSuperuserAsync()
    {
        var connection = new NpgsqlConnection(Database.SuperuserConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    public async Task<T?> TruthAsync<T>(string sql)
    {
        await using var superuser = await OpenAsSuperuserAsync();
        return await superuser.ScalarAsync<T>(sql);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _admins.DisposeAsync();
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes the tables of an app whose accounts and orders have ids of these types, and protects them.</summary>
    protected static async Task MigrateAsync(string connectionString, string accountType, string orderType, TenantKey demo, CancellationToken cancellationToken)
    {
        await using var superuser = new NpgsqlConnection(connectionString);
        await superuser.OpenAsync(cancellationToken);
        await superuser.RunAsync(string.Create(CultureInfo.InvariantCulture, $"""
            SET ROLE app_owner;
            CREATE TABLE public.accounts (id {accountType} PRIMARY KEY, name text NOT NULL);
            SELECT app.use_tenants('public.accounts');
            CREATE TABLE public.orders (
                account_id {orderType} NOT NULL DEFAULT app.current_org_id() REFERENCES public.accounts (id) ON DELETE CASCADE,
                id int NOT NULL,
                note text NOT NULL,
                changed_by text DEFAULT app.current_user_id(),
                PRIMARY KEY (account_id, id));
            SELECT app.protect_table('public.orders', 'account_id');
            SELECT app.use_demo('{demo}');
            """));
    }
}

/// <summary>Ids are uuids: as the article's, but in a host's own tables.</summary>
public class UuidAccounts : AccountsDatabase
{
    public override TenantKey A { get; } = new Guid(Seed.A);

    public override TenantKey B { get; } = new Guid(Seed.B);

    public override TenantKey Demo { get; } = TenantContext.DemoOrganizationId;

    public override TenantKey Nobody { get; } = new Guid("cccccccc-0000-4000-8000-000000000001");

    protected override Func<string, CancellationToken, Task> Migration { get; } = MigrateAsync;

    private static async Task MigrateAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var superuser = new NpgsqlConnection(connectionString);
        await superuser.OpenAsync(cancellationToken);
        // The tables of the article are there, and would be the tenants' tables.
        await superuser.RunAsync("DROP TABLE public.invoices, public.organizations");
        await MigrateAsync(connectionString, "uuid", "uuid", TenantContext.DemoOrganizationId, cancellationToken);
    }
}

/// <summary>Ids are numbers, and the orders have narrower ones.</summary>
public class BigintAccounts : AccountsDatabase
{
    public override TenantKey A => 7;

    public override TenantKey B => 77;

    public override TenantKey Demo => 1;

    public override TenantKey Nobody => -7;

    protected override Func<string, CancellationToken, Task> Migration { get; } =
        static (connectionString, cancellationToken) => MigrateAsync(connectionString, "bigint", "integer", 1, cancellationToken);
}

/// <summary>Ids are names, which differ in case and blanks alone, and the orders have them as varchar.</summary>
public class TextAccounts : AccountsDatabase
{
    public override TenantKey A => "acme";

    public override TenantKey B => "ACME";

    public override TenantKey Demo => "acme ";

    public override TenantKey Nobody => "'; DROP TABLE orders; --";

    protected override Func<string, CancellationToken, Task> Migration { get; } =
        static (connectionString, cancellationToken) => MigrateAsync(connectionString, "text", "varchar(40)", "acme ", cancellationToken);
}

public sealed class SealedUuidAccounts : UuidAccounts
{
    protected override bool IsSealed => true;
}

public sealed class SealedBigintAccounts : BigintAccounts
{
    protected override bool IsSealed => true;
}

public sealed class SealedTextAccounts : TextAccounts
{
    protected override bool IsSealed => true;
}
