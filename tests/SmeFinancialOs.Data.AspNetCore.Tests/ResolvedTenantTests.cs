using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using SmeFinancialOs.Data.AspNetCore.Tests.Support;

namespace SmeFinancialOs.Data.AspNetCore.Tests;

/// <summary>Resolving before the tenant is known: API keys and memberships of a host without an admin login.</summary>
public sealed class ResolvedTenantTests(HostDatabase database) : IClassFixture<HostDatabase>, IAsyncLifetime
{
    private const string Key = "X-Api-Key";
    private const string Organization = "X-Organization";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await RunAsync($"""
            SET ROLE app_owner;
            CREATE TABLE IF NOT EXISTS public.api_keys (org_id uuid NOT NULL REFERENCES public.organizations, key_hash bytea NOT NULL UNIQUE);
            CREATE TABLE IF NOT EXISTS public.members (org_id uuid NOT NULL REFERENCES public.organizations, user_id int, PRIMARY KEY (user_id, org_id));
            SELECT app.protect_table('public.api_keys'), app.protect_table('public.members');
            SELECT app.create_resolver('api_key', 'public.api_keys', '{"{key_hash}"}'), app.create_resolver('member', 'public.members', '{"{user_id,org_id}"}');
            RESET ROLE;
            TRUNCATE public.api_keys, public.members;
            INSERT INTO public.api_keys VALUES ('{database.OrganizationA}', sha256('key of a')), ('{database.OrganizationB}', sha256('key of b'));
            INSERT INTO public.members VALUES ('{database.OrganizationA}', 1), ('{database.OrganizationB}', 1), ('{database.OrganizationB}', 2)
            """);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_api_key_names_the_organization_and_nobody_has_to_be_signed_in()
    {
        await using var app = await StartAsync(o => o.FromKeyHeader("api_key", Key, Hash));

        (await (await app.GetAsync("/", user: null, (Key, "key of a"))).ShouldBeOkAsync()).Should().Be($"organization {database.OrganizationA} a");
        (await (await app.GetAsync("/", user: null, (Key, "key of b"))).ShouldBeOkAsync()).Should().Be($"organization {database.OrganizationB} b");
        foreach (var key in new[] { "key of c", "KEY OF A", "key of a2", "' OR true --" })
            (await (await app.GetAsync("/", user: null, (Key, key))).ShouldBeProblemAsync(401)).Code.Should().Be("unknown_key");
        (await (await app.GetAsync("/", user: null, (Key, ""))).ShouldBeProblemAsync(401)).Code.Should().Be("sign_in_required");
        (await (await app.GetAsync("/", user: null, (Key, "key of a"), (Key, "key of b"))).ShouldBeProblemAsync(401)).Code.Should().Be("sign_in_required");
        (await (await app.GetAsync("/")).ShouldBeProblemAsync(401)).Code.Should().Be("sign_in_required");
        (await (await app.GetAsync("/", TestUsers.User(database.OrganizationB))).ShouldBeProblemAsync(403)).Code
            .Should().Be("no_tenant", "its claim is no source");
    }

    [Fact]
    public async Task Two_sources_a_claim_else_an_api_key()
    {
        await using var app = await StartAsync(o => o.FromClaim().UserFromClaim("sub").FromKeyHeader("api_key", Key, Hash));

        (await (await app.GetAsync("/", $"{TestUsers.User(database.OrganizationB)}; sub=1", (Key, "key of a"))).ShouldBeOkAsync())
            .Should().Be($"organization {database.OrganizationB} b");
        (await (await app.GetAsync("/", "alice; sub=1", (Key, "key of a"))).ShouldBeOkAsync()).Should().Be($"organization {database.OrganizationA} a");
        (await (await app.GetAsync("/", user: null, (Key, "key of a"))).ShouldBeOkAsync()).Should().Be($"organization {database.OrganizationA} a");
        (await (await app.GetAsync("/demo", user: null, (Key, "key of a"))).ShouldBeOkAsync()).Should().Be($"organization {database.OrganizationA} a");
        (await (await app.GetAsync("/demo", user: null, (Key, "wrong"))).ShouldBeProblemAsync(401)).Code.Should().Be("unknown_key");
        (await (await app.GetAsync("/demo")).ShouldBeOkAsync()).Should().Be("demo (read-only) demo");
        (await (await app.GetAsync("/always", user: null, (Key, "key of a"))).ShouldBeOkAsync()).Should().Be("demo (read-only) demo");
    }

    [Fact]
    public async Task A_membership_is_found_by_a_resolver_without_an_admin_login_or_an_entry_in_the_log()
    {
        var log = await CountAsync("app.admin_access_log");
        await using var app = await StartAsync(o => o.FromHeader(Organization).MembershipFromResolver("member", "sub"));

        foreach (var organization in new[] { database.OrganizationA, database.OrganizationB })
        {
            (await (await app.GetAsync("/", "alice; sub=1", (Organization, $"{organization}"))).ShouldBeOkAsync())
                .Should().StartWith($"organization {organization}");
        }

        foreach (var user in new[] { "bob; sub=2", "mallory; sub=3", "x; sub=1; sub=2", "x", "x; sub=one", "x; sub= ", "x | sub=1", "x; sub=99999999999999" })
        {
            (await (await app.GetAsync("/", user, (Organization, $"{database.OrganizationA}"))).ShouldBeProblemAsync(403))
                .Should().Be(("no_tenant", "There is no such organization for this user."), user);
        }

        foreach (var named in new[] { "a", Guid.NewGuid().ToString(), Guid.Empty.ToString(), "' OR true" })
            (await (await app.GetAsync("/", "alice; sub=1", (Organization, named))).ShouldBeProblemAsync(403)).Code.Should().Be("no_tenant");
        (await CountAsync("app.admin_access_log")).Should().Be(log);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_at_once_or_when_the_cache_lets_go_of_it()
    {
        var clock = new Clock();
        await using var app = await StartAsync(o => o.FromKeyHeader("api_key", Key, Hash));
        await using var caching = await StartAsync(o =>
        {
            o.FromKeyHeader("api_key", Key, Hash);
            o.ResolverCacheDuration = TimeSpan.FromSeconds(5);
        }, clock);
        foreach (var each in new[] { app, caching })
            await (await each.GetAsync("/", user: null, (Key, "key of a"))).ShouldBeOkAsync();

        await RunAsync($"DELETE FROM public.api_keys WHERE org_id = '{database.OrganizationA}'");

        (await app.GetAsync("/", user: null, (Key, "key of a"))).StatusCode.Should().Be(System.Net.HttpStatusCode.Unauthorized);
        clock.Now += TimeSpan.FromSeconds(4.9);
        await (await caching.GetAsync("/", user: null, (Key, "key of a"))).ShouldBeOkAsync();
        clock.Now += TimeSpan.FromSeconds(0.1);
        (await caching.GetAsync("/", user: null, (Key, "key of a"))).StatusCode.Should().Be(System.Net.HttpStatusCode.Unauthorized);

        // A miss is not remembered.
        await RunAsync($"INSERT INTO public.api_keys VALUES ('{database.OrganizationA}', sha256('key of a'))");
        await (await caching.GetAsync("/", user: null, (Key, "key of a"))).ShouldBeOkAsync();
    }

    [Fact]
    public async Task Bad_options_are_refused()
    {
        foreach (var blank in new[] { "", " " })
        {
            Options(o => o.FromResolver(blank, _ => null)).Should().Throw<ArgumentException>();
            Options(o => o.FromKeyHeader(blank, Key, Hash)).Should().Throw<ArgumentException>();
            Options(o => o.FromKeyHeader("api_key", blank, Hash)).Should().Throw<ArgumentException>();
            Options(o => o.MembershipFromResolver(blank, "sub")).Should().Throw<ArgumentException>();
            Options(o => o.MembershipFromResolver("member", blank)).Should().Throw<ArgumentException>();
        }

        Options(o => o.FromResolver("api_key", null!)).Should().Throw<ArgumentNullException>();
        Options(o => o.FromKeyHeader("api_key", Key, null!)).Should().Throw<ArgumentNullException>();
        foreach (var duration in new[] { TimeSpan.FromSeconds(-1), TimeSpan.FromHours(2) })
        {
            await FluentActions.Awaiting(() => StartAsync(o => o.ResolverCacheDuration = duration)).Should().ThrowAsync<OptionsValidationException>()
                .WithMessage("*ResolverCacheDuration*");
        }
    }

    private static Action Options(Action<TenantContextOptions> configure) => () => configure(new());

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private Task<App> StartAsync(Action<TenantContextOptions> configure, TimeProvider? clock = null) =>
        App.StartAsync(Map, database.Database.AppConnectionString, configure: configure, services: services =>
        {
            if (clock is not null)
                services.AddSingleton(clock);
        });

    private static void Map(WebApplication app)
    {
        app.MapGet("/", Whose);
        app.MapGet("/demo", Whose).WithDemoTenant();
        app.MapGet("/always", Whose).WithDemoTenant(always: true);

        static async Task<string> Whose(ITenantSession session) =>
            $"{session.Context} {await session.ExecuteScalarAsync<string>("SELECT string_agg(DISTINCT customer_name, ',') FROM invoices")}";
    }

    private async Task RunAsync(string sql)
    {
        await using var superuser = new NpgsqlConnection(database.Database.SuperuserConnectionString);
        await superuser.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, superuser);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private async Task<long> CountAsync(string table)
    {
        await using var superuser = new NpgsqlConnection(database.Database.SuperuserConnectionString);
        await superuser.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM {table}", superuser);
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
