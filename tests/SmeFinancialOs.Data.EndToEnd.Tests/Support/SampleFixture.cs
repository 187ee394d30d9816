using System.Security.Cryptography;
using Npgsql;
using SmeFinancialOs.Data.EndToEnd.Tests.Support;
using SmeFinancialOs.Data.Testing;

[assembly: AssemblyFixture(typeof(SampleFixture))]

namespace SmeFinancialOs.Data.EndToEnd.Tests.Support;

/// <summary>
/// A running sample host on a database of its own with two organizations and the demo, which no test changes. All test classes share one, so that they
/// disturb each other as users do; a class that needs quiet has one of its own.
/// </summary>
public sealed class SampleFixture : IAsyncLifetime
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private TenantDatabase _database = null!;
    private NpgsqlDataSource _superuser = null!;

    internal SampleHost Host { get; private set; } = null!;

    internal Tenant A { get; } = new("A", Guid.Parse("aaaaaaaa-0000-4000-8000-000000000001"));

    internal Tenant B { get; } = new("B", Guid.Parse("bbbbbbbb-0000-4000-8000-000000000001"));

    internal Tenant Demo { get; } = new("Demo", Guid.Parse("de300000-0000-4000-8000-000000000001"));

    /// <summary>For another host on the same database.</summary>
    internal Dictionary<string, string?> SharedConfiguration => Configuration(_database);

    internal string TokenOfA => TokenOf(A.Id);

    internal string TokenOfB => TokenOf(B.Id);

    internal string TokenOfOperator => Forge(claims => (claims["role"], claims["sub"]) = ("operator", "olga"));

    public async ValueTask InitializeAsync()
    {
        var server = await TestServer.StartAsync(TestContext.Current.CancellationToken);
        _database = await CreateDatabaseAsync(server);
        _superuser = NpgsqlDataSource.Create(_database.SuperuserConnectionString);
        await AddAsync(A);
        await AddAsync(B);
        await AddAsync(Demo);
        Host = await SampleHost.StartAsync(Configuration(_database));
    }

    public async ValueTask DisposeAsync()
    {
        if (Host is not null)
            await Host.DisposeAsync();
        if (_superuser is not null)
            await _superuser.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    internal static Task<TenantDatabase> CreateDatabaseAsync(PostgresServer server) => server.CreateTenantDatabaseAsync(
        new TenantDatabaseOptions { Guard = true, MigrationsDirectory = Path.Combine(SampleBuild.ProjectFolder, "Migrations") },
        TestContext.Current.CancellationToken);

    internal Dictionary<string, string?> Configuration(TenantDatabase database) => new()
    {
        ["TenantData:ConnectionString"] = database.AppConnectionString,
        ["TenantData:AdminConnectionString"] = database.AdminConnectionString,
        ["SigningKey"] = Convert.ToBase64String(_key),
        ["Users:0:Name"] = "alice",
        ["Users:0:Password"] = "correct horse",
        ["Users:0:OrganizationId"] = A.Id.ToString(),
    };

    /// <summary>A token with the key of the host, which a user has from its sign-in and nobody else can make.</summary>
    internal string TokenOf(Guid organizationId) => Jwt.Sign(Jwt.Claims(organizationId), _key);

    /// <summary>A token with the key of the host that differs from a user's.</summary>
    internal string Forge(Action<Dictionary<string, object>> change, string algorithm = "HS256")
    {
        var claims = Jwt.Claims(organizationId: null);
        claims.Remove("org_id");
        change(claims);
        return Jwt.Sign(claims, _key, algorithm);
    }

    internal async Task<NpgsqlConnection> OpenAsSuperuserAsync() => await _superuser.OpenConnectionAsync(TestContext.Current.CancellationToken);

    /// <summary>A value as it really is, whatever the policies show.</summary>
    internal async Task<T?> TruthAsync<T>(string sql)
    {
        await using var command = _superuser.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) is T value ? value : default;
    }

    /// <summary>Everything of one organization in one value: equal before and after, nobody has changed any of it.</summary>
    internal Task<string?> FingerprintAsync(Tenant tenant) => TruthAsync<string>(
        $"""
        SELECT md5(coalesce((SELECT string_agg(i::text, '|' ORDER BY i.id) FROM public.invoices i WHERE i.org_id = '{tenant.Id}'), '')
                || coalesce((SELECT string_agg(o::text, '|' ORDER BY o.id) FROM public.organizations o WHERE o.id = '{tenant.Id}'), ''))
        """);

    /// <summary>Writes an organization with invoices that bear its secret.</summary>
    internal Task AddAsync(Tenant tenant, int invoices = 30) => TruthAsync<object>(
        $"""
        INSERT INTO public.organizations (id, name, slug) VALUES ('{tenant.Id}', '{tenant.Name}', lower('{tenant.Name}'));
        INSERT INTO public.invoices (org_id, id, number, amount_cents, customer_name, status, issued_at)
        SELECT '{tenant.Id}', overlay('{tenant.Id}' placing lpad(n::text, 12, '0') from 25)::uuid, '{tenant.Name}-' || n, 100 * n, '{tenant.Secret}', 'sent',
            date '2026-01-01' + n / 3
        FROM generate_series(1, {invoices}) AS n
        """);
}
