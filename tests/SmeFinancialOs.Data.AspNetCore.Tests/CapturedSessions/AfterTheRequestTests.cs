using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SmeFinancialOs.Data.AspNetCore.Tests.Support;

namespace SmeFinancialOs.Data.AspNetCore.Tests.CapturedSessions;

/// <summary>What goes on after a request has no session of it.</summary>
public sealed class AfterTheRequestTests(HostDatabase database) : IClassFixture<HostDatabase>
{
    private string UserA => TestUsers.User(database.OrganizationA);

    [Fact]
    public async Task A_task_that_outlives_its_request_reads_nothing_for_anybody()
    {
        var left = new ConcurrentQueue<Task<string>>();
        var isOver = new TaskCompletionSource();
        // Asked for first, so that it ends last.
        var end = new ScopeEnd();
        await using var app = await StartAsync(map => map.MapGet("/", (ScopeEnd _, ITenantSession injected, TenantConnectionFactory factory) =>
        {
            var (made, own) = (factory.CreateSession(), AmbientTenantContext.Required);
            left.Enqueue(AfterwardsAsync(() => SessionCapture.ReadAsync(injected)));
            left.Enqueue(AfterwardsAsync(() => SessionCapture.ReadAsync(made)));
            left.Enqueue(AfterwardsAsync(() => AsAsync(TenantContext.ForOrganization(database.OrganizationB), made)));
            left.Enqueue(AfterwardsAsync(() => AsAsync(TenantContext.ForOrganization(database.OrganizationB), injected)));
            left.Enqueue(AfterwardsAsync(() => AsAsync(own, injected)));
            left.Enqueue(AfterwardsAsync(() => AsAsync(own, made)));
            return "";
        }), services => services.AddScoped(_ => end));
        await (await app.GetAsync("/", UserA)).ShouldBeOkAsync();
        await end.HasCome.Task;
        isOver.SetResult();
        (await Task.WhenAll(left)).Should().Equal(
            nameof(TenantContextMissingException), nameof(TenantContextMissingException),
            nameof(CapturedSessionException), nameof(CapturedSessionException),
            nameof(CapturedSessionException), "a");

        async Task<string> AfterwardsAsync(Func<Task<string>> read)
        {
            await isOver.Task;
            try
            {
                return await read();
            }
            catch (TenantDataException fault)
            {
                return fault.GetType().Name;
            }
        }

        static async Task<string> AsAsync(TenantContext context, ITenantSession session)
        {
            using var ambient = AmbientTenantContext.Use(context);
            return await SessionCapture.ReadAsync(session);
        }
    }

    [Fact]
    public async Task After_the_response_neither_a_callback_nor_the_end_of_a_scoped_service_has_a_session()
    {
        var ends = new Ends();
        await using var app = await StartAsync(map => map.MapGet("/", (HttpContext http, ITenantSession session, WritingDisposable _) =>
        {
            http.Response.OnCompleted(() => Ends.TryAsync(ends.OfCallback, session));
            return SessionCapture.ReadAsync(session);
        }), services => services.AddSingleton(ends).AddScoped<WritingDisposable>());
        (await (await app.GetAsync("/", UserA)).ShouldBeOkAsync()).Should().Be("a");
        (await ends.OfCallback.Task).Should().Be(nameof(TenantContextMissingException));
        (await ends.OfService.Task).Should().Be(nameof(TenantContextMissingException));
    }

    private Task<App> StartAsync(Action<WebApplication> map, Action<IServiceCollection> services) =>
        App.StartAsync(map, database.Database.AppConnectionString, services: services);

    private sealed class ScopeEnd : IDisposable
    {
        public TaskCompletionSource HasCome { get; } = new();

        public void Dispose() => HasCome.TrySetResult();
    }

    private sealed class Ends
    {
        public TaskCompletionSource<string> OfCallback { get; } = new();

        public TaskCompletionSource<string> OfService { get; } = new();

        public static async Task TryAsync(TaskCompletionSource<string> end, ITenantSession session)
        {
            try
            {
                end.SetResult(await SessionCapture.ReadAsync(session));
            }
            catch (TenantDataException fault)
            {
                end.SetResult(fault.GetType().Name);
            }
        }
    }

    private sealed class WritingDisposable(Ends ends, ITenantSession session) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Ends.TryAsync(ends.OfService, session);
    }
}
