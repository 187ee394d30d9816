using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SmeFinancialOs.Data.AspNetCore.Tests.Support;

namespace SmeFinancialOs.Data.AspNetCore.Tests;

/// <summary>The context holds for exactly its request.</summary>
public sealed class RequestScopeTests(HostDatabase database) : IClassFixture<HostDatabase>
{
    [Fact]
    public async Task Requests_of_two_tenants_at_once_never_mix()
    {
        await using var app = await StartAsync(map => map.MapGet("/", async (HttpContext http, ITenantSession session) =>
        {
            var before = await session.QueryAsync<string>("SELECT DISTINCT customer_name FROM invoices, pg_sleep(random() * 0.01)");
            await Task.Delay(Random.Shared.Next(5));
            var after = await http.RequestServices.GetRequiredService<TenantConnectionFactory>().CreateSession()
                .QueryAsync<string>("SELECT DISTINCT customer_name FROM invoices");
            return string.Join(' ', before.Concat(after));
        }));
        var users = new[] { (database.OrganizationA, "a a"), (database.OrganizationB, "b b") };
        await Parallel.ForEachAsync(Enumerable.Range(0, 300), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
            (await (await app.GetAsync("/", TestUsers.User(users[i % 2].Item1))).ShouldBeOkAsync()).Should().Be(users[i % 2].Item2));
    }

    [Fact]
    public async Task Tenant_of_a_request_ends_with_the_response_also_for_work_that_goes_on()
    {
        var isOver = new TaskCompletionSource();
        var completed = new TaskCompletionSource<TenantContext?>();
        Task? left = null;
        await using var app = await StartAsync(map => map.MapGet("/", (HttpContext http) =>
        {
            http.Response.OnCompleted(() =>
            {
                completed.SetResult(AmbientTenantContext.Current);
                return Task.CompletedTask;
            });
            var factory = http.RequestServices.GetRequiredService<TenantConnectionFactory>();
            var session = http.RequestServices.GetRequiredService<ITenantSession>();
            left = Task.Run(async () =>
            {
                await isOver.Task;
                await session.Invoking(s => s.ExecuteAsync("SELECT 1")).Should().ThrowAsync<TenantContextMissingException>();
                await factory.CreateSession().ExecuteAsync("SELECT 1");
            }, CancellationToken.None);
            return "";
        }));
        await (await app.GetAsync("/", TestUsers.User(database.OrganizationA))).ShouldBeOkAsync();
        (await completed.Task).Should().BeNull();
        isOver.SetResult();
        await left!.Invoking(task => task).Should().ThrowAsync<TenantContextMissingException>();
        AmbientTenantContext.Current.Should().BeNull();
    }

    [Fact]
    public async Task Tenant_of_a_request_holds_while_rows_stream_into_the_response()
    {
        await using var app =
            await StartAsync(map => map.MapGet("/", (ITenantSession session) => session.QueryUnbufferedAsync<string>("SELECT customer_name FROM invoices")));
        (await (await app.GetAsync("/", TestUsers.User(database.OrganizationB))).ShouldBeOkAsync()).Should().Be("""["b","b","b"]""");
    }

    [Fact]
    public async Task Tenant_of_a_request_has_ended_where_the_exception_is_handled()
    {
        TenantContext? inHandler = TenantContext.Demo;
        await using var app = await App.StartAsync(map => map.MapGet("/", string () => throw new InvalidOperationException("x")), pipeline: app =>
        {
            app.UseExceptionHandler(errors => errors.Run(_ =>
            {
                inHandler = AmbientTenantContext.Current;
                return Task.CompletedTask;
            }));
            app.UseAuthentication();
            app.UseTenantContext();
        });
        ((int)(await app.GetAsync("/", TestUsers.User(database.OrganizationA))).StatusCode).Should().Be(500);
        inHandler.Should().BeNull();
    }

    [Fact]
    public async Task A_middleware_ahead_of_routing_leaves_endpoints_without_a_tenant()
    {
        await using var app = await App.StartAsync(map => map.MapGet("/", (ITenantSession session) => session.ExecuteAsync("SELECT 1")),
            database.Database.AppConnectionString, pipeline: app =>
        {
            app.UseExceptionHandler();
            app.UseTenantContext();
            app.UseRouting();
            app.UseAuthentication();
            app.UseAuthorization();
        });
        (await (await app.GetAsync("/", TestUsers.User(database.OrganizationA))).ShouldBeProblemAsync(401)).Code.Should().Be("no_tenant");
    }

    [Fact]
    public async Task An_endpoint_without_a_tenant_has_none_inside_a_pipeline_that_has_one_either()
    {
        await using var app = await App.StartAsync(map => map.MapGet("/", () => $"{AmbientTenantContext.Current}").WithoutTenant(), pipeline: app =>
        {
            app.UseExceptionHandler();
            app.Use(async (_, next) =>
            {
                using (AmbientTenantContext.Use(TenantContext.Demo))
                    await next();
            });
            app.UseTenantContext();
        });
        (await (await app.GetAsync("/")).ShouldBeOkAsync()).Should().BeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_endpoint_that_leaves_a_scope_open_spoils_no_response(bool withoutTenant)
    {
        TenantContext? after = TenantContext.Demo;
        await using var app = await App.StartAsync(map =>
        {
            var endpoint = map.MapGet("/", (RequestDelegate)(http =>
            {
                AmbientTenantContext.Use(TenantContext.Demo);
                http.Response.StatusCode = StatusCodes.Status202Accepted;
                return Task.CompletedTask;
            }));
            if (withoutTenant)
                endpoint.WithoutTenant();
        }, pipeline: app =>
        {
            app.UseExceptionHandler();
            app.Use(async (_, next) =>
            {
                await next();
                after = AmbientTenantContext.Current;
            });
            app.UseAuthentication();
            app.UseTenantContext();
        });
        (await app.GetAsync("/", TestUsers.User(database.OrganizationA))).StatusCode.Should().Be(System.Net.HttpStatusCode.Accepted);
        after.Should().BeNull();
    }

    [Fact]
    public async Task A_middleware_ahead_of_authentication_sees_nobody()
    {
        await using var app = await App.StartAsync(map => map.MapGet("/", () => ""), pipeline: app =>
        {
            app.UseExceptionHandler();
            app.UseRouting();
            app.UseTenantContext();
            app.UseAuthentication();
            app.UseAuthorization();
        });
        (await app.GetAsync("/", TestUsers.User(database.OrganizationA))).StatusCode.Should().Be(System.Net.HttpStatusCode.Unauthorized);
    }

    private Task<App> StartAsync(Action<WebApplication> map) => App.StartAsync(map, database.Database.AppConnectionString);
}
