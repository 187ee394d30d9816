using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using SmeFinancialOs.Data.AspNetCore.Tests.Support;

namespace SmeFinancialOs.Data.AspNetCore.Tests;

public sealed class EndpointTests(HostDatabase database) : IClassFixture<HostDatabase>
{
    private const string Insert = "INSERT INTO invoices (number, amount_cents, customer_name, issued_at) "
        + "VALUES (gen_random_uuid()::text, 1, 'x', DATE '2026-01-01')";

    [Fact]
    public async Task Users_see_the_invoices_of_their_own_organization()
    {
        await using var app = await StartAsync(map => map.MapGet("/", Customers));
        (await (await app.GetAsync("/", TestUsers.User(database.OrganizationA))).ShouldBeOkAsync()).Should().Be("a");
        (await (await app.GetAsync("/", TestUsers.User(database.OrganizationB))).ShouldBeOkAsync()).Should().Be("b");
    }

    [Fact]
    public async Task Repositories_are_injected()
    {
        await using var app = await StartAsync(map => map.MapGet("/", async (InvoiceRepository invoices, OrganizationRepository organizations) =>
            $"{(await invoices.GetByNumberAsync("1"))?.CustomerName} {(await organizations.GetBySlugAsync("a"))?.Name} "
                + $"{(await organizations.GetBySlugAsync("b"))?.Name}"));
        (await (await app.GetAsync("/", TestUsers.User(database.OrganizationB))).ShouldBeOkAsync()).Should().Be("b  b");
    }

    [Fact]
    public async Task Visitors_of_a_demo_endpoint_see_the_demo_and_users_their_own()
    {
        await using var app = await StartAsync(map => map.MapGet("/", Customers).WithDemoTenant());
        (await (await app.GetAsync("/")).ShouldBeOkAsync()).Should().Be("demo");
        (await (await app.GetAsync("/", TestUsers.User(database.OrganizationA))).ShouldBeOkAsync()).Should().Be("a");
        (await app.GetAsync("/", "alice")).StatusCode.Should().Be(System.Net.HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task An_endpoint_that_always_shows_the_demo_shows_it_to_users_too()
    {
        await using var app = await StartAsync(map => map.MapGet("/", Customers).WithDemoTenant(always: true));
        (await (await app.GetAsync("/", TestUsers.User(database.OrganizationA))).ShouldBeOkAsync()).Should().Be("demo");
    }

    [Fact]
    public async Task The_demo_refuses_writes_and_says_what_would_help()
    {
        await using var app = await StartAsync(map => map.MapPost("/", (ITenantSession session) => session.ExecuteAsync(Insert)).WithDemoTenant());
        (await (await app.SendAsync(HttpMethod.Post, "/")).ShouldBeProblemAsync(403))
            .Should().Be(("demo_read_only", "Demo mode - sign up for full functionality"));
        (await (await app.SendAsync(HttpMethod.Post, "/", TestUsers.User(database.OrganizationB))).ShouldBeOkAsync()).Should().Be("1");
    }

    [Fact]
    public async Task An_endpoint_without_a_tenant_gets_none_whoever_asks()
    {
        await using var app = await StartAsync(map =>
        {
            map.MapGet("/free", () => $"{AmbientTenantContext.Current}").WithoutTenant();
            map.MapGet("/session", Customers).WithoutTenant();
        });
        (await (await app.GetAsync("/free")).ShouldBeOkAsync()).Should().BeEmpty();
        (await (await app.GetAsync("/free", TestUsers.User(database.OrganizationA))).ShouldBeOkAsync()).Should().BeEmpty();
        (await (await app.GetAsync("/session", TestUsers.User(database.OrganizationA))).ShouldBeProblemAsync(401)).Code.Should().Be("no_tenant");
    }

    [Fact]
    public async Task An_endpoint_has_the_last_word_over_its_group()
    {
        await using var app = await StartAsync(map =>
        {
            var group = map.MapGroup("/").WithoutTenant();
            group.MapGet("/free", () => $"{AmbientTenantContext.Current}");
            group.MapGet("/demo", () => $"{AmbientTenantContext.Current}").WithDemoTenant();
        });
        (await (await app.GetAsync("/free")).ShouldBeOkAsync()).Should().BeEmpty();
        (await (await app.GetAsync("/demo")).ShouldBeOkAsync()).Should().Be("demo (read-only)");
    }

    [Fact]
    public async Task Unknown_route_is_404_without_a_tenant()
    {
        await using var app = await StartAsync(map => map.MapGet("/", Customers));
        ((int)(await app.GetAsync("/nothing")).StatusCode).Should().Be(404);
    }

    [Fact]
    public async Task An_admin_sees_all_and_is_in_the_access_log_with_the_reason()
    {
        await using var app = await StartAsync(map => map.MapGet("/", Customers).RequireTenantAdmin("support"));
        (await (await app.GetAsync("/", "carol; role=support", ("X-Admin-Reason", "ticket 4711"))).ShouldBeOkAsync()).Should().Be("a b demo");
        (await LoggedAsync("carol")).Should().Equal(("ticket 4711", true));
    }

    [Fact]
    public async Task An_admin_endpoint_writes_only_where_it_says_so()
    {
        await using var app = await StartAsync(map =>
        {
            map.MapPost("/read", Delete).RequireTenantAdmin("support");
            map.MapPost("/write", Delete).RequireTenantAdmin("support", allowWrites: true);
        });
        (await (await app.SendAsync(HttpMethod.Post, "/read", "dave; role=support", ("X-Admin-Reason", "r"))).ShouldBeProblemAsync(403)).Code
            .Should().Be("read_only");
        (await app.SendAsync(HttpMethod.Post, "/write", "dave; role=support", ("X-Admin-Reason", "w"))).StatusCode.Should().Be(System.Net.HttpStatusCode.OK);
        (await LoggedAsync("dave")).Should().Equal(("r", true), ("w", false));

        static Task<int> Delete(ITenantSession session) => session.ExecuteAsync("DELETE FROM invoices WHERE false");
    }

    [Fact]
    public async Task No_admin_without_the_policy_and_a_reason()
    {
        // No database behind it: nothing is asked of it.
        await using var app = await App.StartAsync(map => map.MapGet("/", Customers).RequireTenantAdmin("support").AllowAnonymous(),
            adminConnectionString: App.Nowhere);
        (await (await app.GetAsync("/", null, ("X-Admin-Reason", "r"))).ShouldBeProblemAsync(401)).Code.Should().Be("sign_in_required");
        (await (await app.GetAsync("/", TestUsers.User(database.OrganizationA), ("X-Admin-Reason", "r"))).ShouldBeProblemAsync(403)).Code
            .Should().Be("not_admin");
        (await (await app.GetAsync("/", "; role=support", ("X-Admin-Reason", "r"))).ShouldBeProblemAsync(403)).Code.Should().Be("not_admin");
        foreach (var reasons in new (string, string)[][] { [], [("X-Admin-Reason", " ")], [("X-Admin-Reason", new string('x', 1001))],
            [("X-Admin-Reason", "a"), ("X-Admin-Reason", "b")] })
            (await (await app.GetAsync("/", "carol; role=support", reasons)).ShouldBeProblemAsync(400)).Code.Should().Be("admin_reason_required");
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task An_admin_endpoint_that_names_no_policy_opens_for_nobody(string? policy)
    {
        // Combined with no policy, the default one would do: whoever is signed in.
        await using var app = await StartAsync(map => map.MapGet("/", Customers).WithMetadata(new TenantAdminAttribute("support") { Policy = policy }));
        (await app.GetAsync("/", TestUsers.User(database.OrganizationA), ("X-Admin-Reason", "r"))).StatusCode
            .Should().Be(System.Net.HttpStatusCode.InternalServerError);
    }

    [Fact]
    public async Task An_actor_whom_nobody_authenticated_is_not_in_the_access_log()
    {
        await using var app = await App.StartAsync(map => map.MapGet("/", Customers).RequireTenantAdmin("support"), adminConnectionString: App.Nowhere);
        (await (await app.GetAsync("/", "; role=support | ; sub=mallory", ("X-Admin-Reason", "r"))).ShouldBeProblemAsync(403)).Code.Should().Be("not_admin");
    }

    [Fact]
    public async Task An_admin_endpoint_stays_closed_where_the_host_forgot_UseAuthorization()
    {
        await using var app = await App.StartAsync(map => map.MapGet("/", Customers).RequireTenantAdmin("support"),
            adminConnectionString: App.Nowhere, pipeline: app =>
        {
            app.UseExceptionHandler();
            app.UseTenantContext();
        });
        (await app.GetAsync("/", TestUsers.User(database.OrganizationA), ("X-Admin-Reason", "r"))).IsSuccessStatusCode.Should().BeFalse();
    }

    private static async Task<string> Customers(ITenantSession session) =>
        string.Join(' ', await session.QueryAsync<string>("SELECT DISTINCT customer_name FROM invoices WHERE customer_name <> 'x' ORDER BY 1"));

    private Task<App> StartAsync(Action<WebApplication> map) =>
        App.StartAsync(map, database.Database.AppConnectionString, database.Database.AdminConnectionString);

    private async Task<IReadOnlyList<(string Reason, bool IsReadOnly)>> LoggedAsync(string actor)
    {
        await using var app = await StartAsync(_ => { });
        return await app.Services.GetRequiredService<TenantConnectionFactory>().CreateSession(TenantContext.ForAdmin("test", "looks at the log"))
            .QueryAsync<(string, bool)>("SELECT reason, read_only FROM app.admin_access_log WHERE actor = @actor ORDER BY id", new { actor });
    }
}
