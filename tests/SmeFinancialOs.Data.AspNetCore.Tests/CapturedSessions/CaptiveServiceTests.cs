using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using SmeFinancialOs.Data.AspNetCore.Tests.Support;

namespace SmeFinancialOs.Data.AspNetCore.Tests.CapturedSessions;

/// <summary>A service that lives longer than a request, and was given the session of one, answers no other tenant. Production validates no scopes.</summary>
public sealed class CaptiveServiceTests(HostDatabase database) : IClassFixture<HostDatabase>, IDisposable
{
    private readonly FakeLoggerProvider _log = new();

    private string UserA => TestUsers.User(database.OrganizationA);

    private string UserB => TestUsers.User(database.OrganizationB);

    [Fact]
    public async Task A_singleton_is_given_no_session()
    {
        await using var app = await StartAsync(
            map => map.MapGet("/", (ReportCache cache) => cache.ReadAsync()), services => services.AddSingleton<ReportCache>());
        await ShouldBeRefusedAsync(await app.GetAsync("/", UserA), await app.GetAsync("/", UserB));
    }

    [Fact]
    public async Task Options_that_are_configured_with_a_session_are_refused()
    {
        await using var app = await StartAsync(map => map.MapGet("/", (IOptions<ReportOptions> options) => options.Value.ReadAsync()),
            services => services.AddOptions<ReportOptions>()
                .Configure<ITenantSession>((options, session) => options.ReadAsync = () => SessionCapture.ReadAsync(session)));
        await ShouldBeRefusedAsync(await app.GetAsync("/", UserA), await app.GetAsync("/", UserB));
    }

    [Fact]
    public async Task A_singleton_that_asks_its_own_provider_for_a_session_gets_none()
    {
        await using var app = await StartAsync(
            map => map.MapGet("/", (ServiceLocator locator) => locator.ReadAsync()), services => services.AddSingleton<ServiceLocator>());
        await ShouldBeRefusedAsync(await app.GetAsync("/", UserA), await app.GetAsync("/", UserB));
    }

    [Fact]
    public async Task A_singleton_whose_session_is_of_a_scope_of_its_own_answers_one_tenant()
    {
        await using var app = await StartAsync(map => map.MapGet("/", (ReportCache cache) => cache.ReadAsync()),
            services => services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ReportCache>(provider.CreateScope().ServiceProvider)));
        (await (await app.GetAsync("/", UserA)).ShouldBeOkAsync()).Should().Be("a");
        await ShouldBeRefusedAsync(await app.GetAsync("/", UserB));
        (await (await app.GetAsync("/", UserA)).ShouldBeOkAsync()).Should().Be("a");
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public async Task A_handler_of_IHttpClientFactory_answers_one_tenant(string environment)
    {
        await using var app = await StartAsync(
            map => map.MapGet("/", (IHttpClientFactory clients) => clients.CreateClient("reports").GetStringAsync(new Uri("http://reports.example"))),
            services => services.AddTransient<ReportHandler>().AddHttpClient("reports").AddHttpMessageHandler<ReportHandler>(), environment);
        (await (await app.GetAsync("/", UserA)).ShouldBeOkAsync()).Should().Be("a");
        await ShouldBeRefusedAsync(await app.GetAsync("/", UserB));
        (await (await app.GetAsync("/", UserA)).ShouldBeOkAsync()).Should().Be("a");
    }

    [Fact]
    public async Task A_handler_that_asks_the_request_for_its_session_answers_every_tenant()
    {
        await using var app = await StartAsync(
            map => map.MapGet("/", (IHttpClientFactory clients) => clients.CreateClient("reports").GetStringAsync(new Uri("http://reports.example"))),
            services => services.AddHttpContextAccessor().AddTransient<RequestSessionHandler>().AddHttpClient("reports")
                .AddHttpMessageHandler<RequestSessionHandler>());
        foreach (var (user, rows) in new[] { (UserA, "a"), (UserB, "b"), (UserA, "a") })
            (await (await app.GetAsync("/", user)).ShouldBeOkAsync()).Should().Be(rows);
        _log.HandledFaults().Should().BeEmpty();
    }

    [Fact]
    public async Task A_hosted_service_is_given_no_session() =>
        await FluentActions.Awaiting(() => StartAsync(_ => { }, services => services.AddHostedService<CaptiveWorker>()))
            .Should().ThrowAsync<CapturedSessionException>();

    [Fact]
    public async Task A_hosted_service_does_not_answer_with_the_session_of_the_first_job()
    {
        await using var app = await StartAsync(map => map.MapGet("/", async (TenantConnectionFactory factory, Channel<Job> jobs) =>
        {
            var job = new Job(factory.CreateSession(), AmbientTenantContext.Required, new());
            await jobs.Writer.WriteAsync(job);
            return await job.Rows.Task;
        }), services => services.AddSingleton(Channel.CreateUnbounded<Job>()).AddHostedService<SessionKeepingWorker>());
        (await (await app.GetAsync("/", UserA)).ShouldBeOkAsync()).Should().Be("a");
        await ShouldBeRefusedAsync(await app.GetAsync("/", UserB));
    }

    public void Dispose() => _log.Dispose();

    private async Task ShouldBeRefusedAsync(params HttpResponseMessage[] responses)
    {
        foreach (var response in responses)
            (await response.ShouldBeProblemAsync(500)).Code.Should().Be("internal_error");
        _log.HandledFaults().Should().HaveCount(responses.Length).And.AllBeOfType<CapturedSessionException>();
    }

    private Task<App> StartAsync(Action<WebApplication> map, Action<IServiceCollection>? services = null, string environment = "Production") => App.StartAsync(
        map, database.Database.AppConnectionString, environment: environment, services: all =>
        {
            services?.Invoke(all);
            all.AddSingleton<ILoggerProvider>(_log);
        });

    private sealed class ReportCache(ITenantSession session)
    {
        public Task<string> ReadAsync() => SessionCapture.ReadAsync(session);
    }

    private sealed class ReportOptions
    {
        public Func<Task<string>> ReadAsync { get; set; } = null!;
    }

    private sealed class ServiceLocator(IServiceProvider provider)
    {
        public async Task<string> ReadAsync() => (await provider.GetRequiredService<InvoiceRepository>().ListAsync()).Items[0].CustomerName!;
    }

    private sealed class ReportHandler(ITenantSession session) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            new(HttpStatusCode.OK) { Content = new StringContent(await SessionCapture.ReadAsync(session)) };
    }

    private sealed class RequestSessionHandler(IHttpContextAccessor accessor) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var session = accessor.HttpContext!.RequestServices.GetRequiredService<ITenantSession>();
            return new(HttpStatusCode.OK) { Content = new StringContent(await SessionCapture.ReadAsync(session)) };
        }
    }

    private sealed class CaptiveWorker(ITenantSession session) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => SessionCapture.ReadAsync(session);
    }

    private sealed record Job(ITenantSession Session, TenantContext Tenant, TaskCompletionSource<string> Rows);

    private sealed class SessionKeepingWorker(Channel<Job> jobs) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            ITenantSession? kept = null;
            await foreach (var job in jobs.Reader.ReadAllAsync(stoppingToken))
            {
                kept ??= job.Session;
                using var ambient = AmbientTenantContext.Use(job.Tenant);
                try
                {
                    job.Rows.SetResult(await SessionCapture.ReadAsync(kept));
                }
                catch (TenantDataException fault)
                {
                    job.Rows.SetException(fault);
                }
            }
        }
    }
}
