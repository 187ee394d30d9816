using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using SmeFinancialOs.Data.AspNetCore.Tests.Support;

namespace SmeFinancialOs.Data.AspNetCore.Tests.CapturedSessions;

/// <summary>A session that the host keeps from the request of A does not answer the request of B.</summary>
public sealed class KeptSessionTests(HostDatabase database) : IClassFixture<HostDatabase>, IDisposable
{
    private readonly FakeLoggerProvider _log = new();

    public static TheoryData<string> Ways => [.. SessionCapture.Ways.Keys];

    private string UserA => TestUsers.User(database.OrganizationA);

    private string UserB => TestUsers.User(database.OrganizationB);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_session_that_the_host_keeps_does_not_answer_the_next_tenant(string way)
    {
        SessionCapture.Forget();
        await using var app = await StartAsync(
            map => map.MapGet("/", (HttpContext http, TenantConnectionFactory factory) => SessionCapture.Ways[way](http, factory.CreateSession)));
        (await (await app.GetAsync("/", UserA)).ShouldBeOkAsync()).Should().Be("a");
        await ShouldBeRefusedAsync(await app.GetAsync("/", UserB));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Injected_session_that_the_host_keeps_does_not_answer_the_next_tenant(string way)
    {
        SessionCapture.Forget();
        await using var app =
            await StartAsync(map => map.MapGet("/", (HttpContext http, ITenantSession session) => SessionCapture.Ways[way](http, () => session)));
        (await (await app.GetAsync("/", UserA)).ShouldBeOkAsync()).Should().Be("a");
        await ShouldBeRefusedAsync(await app.GetAsync("/", UserB));
    }

    [Fact]
    public async Task Injected_session_that_the_host_keeps_does_not_answer_while_its_request_goes_on()
    {
        var (isKept, isOver) = (new TaskCompletionSource<ITenantSession>(), new TaskCompletionSource());
        await using var app = await StartAsync(map =>
        {
            map.MapGet("/keep", async (ITenantSession session) =>
            {
                isKept.SetResult(session);
                await isOver.Task;
                return await SessionCapture.ReadAsync(session);
            });
            map.MapGet("/use", async () => await SessionCapture.ReadAsync(await isKept.Task));
        });
        var first = app.GetAsync("/keep", UserA);
        await ShouldBeRefusedAsync(await app.GetAsync("/use", UserB));
        isOver.SetResult();
        (await (await first).ShouldBeOkAsync()).Should().Be("a");
    }

    [Fact]
    public async Task A_batch_that_one_request_fills_is_not_sent_by_the_next_tenant()
    {
        await using var app = await StartAsync(
            map => map.MapGet("/", (HttpContext http, TenantConnectionFactory factory) => SessionCapture.FillThenSendAsync(http, factory.CreateSession())));
        (await (await app.GetAsync("/", UserA)).ShouldBeOkAsync()).Should().Be("filled");
        await ShouldBeRefusedAsync(await app.GetAsync("/", UserB));
    }

    [Fact]
    public async Task A_stream_that_one_request_begins_is_not_read_on_by_the_next_tenant()
    {
        IAsyncEnumerator<string>? rows = null;
        await using var app = await StartAsync(map => map.MapGet("/", async (TenantConnectionFactory factory) =>
        {
            rows ??= factory.CreateSession().QueryUnbufferedAsync<string>("SELECT customer_name FROM invoices").GetAsyncEnumerator();
            await rows.MoveNextAsync();
            return rows.Current;
        }));
        (await (await app.GetAsync("/", UserA)).ShouldBeOkAsync()).Should().Be("a");
        await ShouldBeRefusedAsync(await app.GetAsync("/", UserB));
        await rows!.DisposeAsync();
    }

    [Fact]
    public async Task An_endpoint_without_a_tenant_gets_nothing_from_a_kept_session()
    {
        await using var app = await StartAsync(map =>
        {
            map.MapGet("/", KeepInSingleton);
            map.MapGet("/public", KeepInSingleton).WithoutTenant();
        });
        (await (await app.GetAsync("/", UserA)).ShouldBeOkAsync()).Should().Be("a");
        foreach (var user in new[] { null, UserA, UserB })
            (await (await app.GetAsync("/public", user)).ShouldBeProblemAsync(401)).Code.Should().Be("no_tenant");
    }

    [Fact]
    public async Task The_demo_and_an_admin_get_nothing_from_a_kept_session()
    {
        await using var app = await StartAsync(map =>
        {
            map.MapGet("/", KeepInSingleton);
            map.MapGet("/demo", KeepInSingleton).WithDemoTenant();
            map.MapGet("/admin", KeepInSingleton).RequireTenantAdmin("support");
        });
        (await (await app.GetAsync("/", UserA)).ShouldBeOkAsync()).Should().Be("a");
        await (await app.GetAsync("/demo")).ShouldBeProblemAsync(500);
        await (await app.GetAsync("/admin", TestUsers.User(database.OrganizationA, "support"), ("X-Admin-Reason", "ticket 4711"))).ShouldBeProblemAsync(500);
        _log.HandledFaults().Should().HaveCount(2).And.AllBeOfType<CapturedSessionException>();
    }

    public void Dispose() => _log.Dispose();

    private async Task ShouldBeRefusedAsync(HttpResponseMessage response)
    {
        (await response.ShouldBeProblemAsync(500)).Code.Should().Be("internal_error");
        _log.HandledFaults().Should().ContainSingle().Which.Should().BeOfType<CapturedSessionException>();
    }

    private static Task<string> KeepInSingleton(HttpContext http, TenantConnectionFactory factory) =>
        SessionCapture.Ways["a field of a singleton"](http, factory.CreateSession);

    private Task<App> StartAsync(Action<WebApplication> map) => App.StartAsync(
        map, database.Database.AppConnectionString, database.Database.AdminConnectionString,
        services: services => services.AddMemoryCache().AddSingleton<SessionCapture>().AddSingleton<ILoggerProvider>(_log));
}
