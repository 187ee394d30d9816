using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SmeFinancialOs.Data.AspNetCore.Tests.Support;

namespace SmeFinancialOs.Data.AspNetCore.Tests;

/// <summary>
/// An error page is the same request, run through the pipeline again under another path. It is an endpoint without a tenant, and nothing that a client sends
/// makes a request look like one.
/// </summary>
public sealed class ErrorPageTests(HostDatabase database) : IClassFixture<HostDatabase>
{
    private static readonly (string, string) Html = ("Accept", "text/html");

    public static TheoryData<string> Pipelines => ["implicit routing", "routing before", "routing after", "scope for errors", "context before"];

    [Theory]
    [MemberData(nameof(Pipelines))]
    public async Task Anonymous_error_is_500_with_its_page(string pipeline)
    {
        await using var app = await StartAsync(pipeline);
        foreach (var user in new[] { null, TestUsers.User(database.OrganizationA), "nobody" })
            (await TextAsync(await app.GetAsync("/fail", user), 500)).Should().Be("error page of ''");
    }

    [Theory]
    [MemberData(nameof(Pipelines))]
    public async Task Anonymous_404_stays_404_with_its_page(string pipeline)
    {
        await using var app = await StartAsync(pipeline);
        foreach (var user in new[] { null, TestUsers.User(database.OrganizationA), "nobody" })
        {
            (await TextAsync(await app.GetAsync("/nothing", user), 404)).Should().Be("page 404 of ''");
            (await TextAsync(await app.GetAsync("/gone", user), 410)).Should().Be("page 410 of ''");
        }
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("nobody", 403)]
    public async Task Refusal_without_a_body_has_its_page(string? user, int status)
    {
        await using var app = await StartAsync();
        (await TextAsync(await app.GetAsync("/whose", user, Html), status)).Should().Be($"page {status} of ''");
        (await (await app.GetAsync("/whose", user)).ShouldBeProblemAsync(status)).Code.Should().NotBeNull();
    }

    [Fact]
    public async Task Lambda_that_handles_errors_has_no_tenant()
    {
        await using var app = await App.StartAsync(Map, pipeline: app =>
        {
            app.UseExceptionHandler(errors => errors.Run(http => http.Response.WriteAsync($"lambda of '{AmbientTenantContext.Current}'")));
            UseRest(app);
        });
        foreach (var user in new[] { null, TestUsers.User(database.OrganizationA) })
            (await TextAsync(await app.GetAsync("/fail", user), 500)).Should().Be("lambda of ''");
    }

    [Theory]
    [InlineData("/error", 401)]
    [InlineData("/ERROR/", 401)]
    [InlineData("/error?path=/fail&statusCode=500", 401)]
    [InlineData("/page/404", 401)]
    [InlineData("/page/404/", 401)]
    [InlineData("/whose", 401)]
    [InlineData("/whose/../whose", 401)]
    [InlineData("//error", 404)]
    public async Task Client_cannot_make_a_request_look_like_an_error_page(string path, int status)
    {
        await using var app = await StartAsync();
        foreach (var (name, value) in new[]
        {
            ("X-Original-URL", "/fail"), ("X-Rewrite-URL", "/error"), ("X-Original-Path", "/nothing"), ("X-Forwarded-Path", "/error"),
            ("X-Forwarded-Prefix", "/error"),
            (nameof(IExceptionHandlerFeature), "1"), (nameof(IStatusCodeReExecuteFeature), "1"), ("X-HTTP-Method-Override", "ERROR"), ("X-Status-Code", "500"),
        })
        {
            var text = await TextAsync(await app.GetAsync(path, user: null, (name, value)), status);
            text.Should().NotContain("error page").And.NotContain("whose");
            if (status == 401)
                text.Should().Contain("sign_in_required");
        }
    }

    [Fact]
    public async Task Signed_in_user_who_asks_for_the_page_itself_is_in_their_own_organization()
    {
        await using var app = await StartAsync();
        var text = await TextAsync(await app.GetAsync("/error", TestUsers.User(database.OrganizationB)), 200);
        text.Should().Be($"error page of 'organization {database.OrganizationB}'");
    }

    [Theory]
    [InlineData("/demo-error")]
    [InlineData("/error")]
    public async Task Error_page_runs_under_no_tenant_whatever_it_says(string page)
    {
        await using var app = await App.StartAsync(Map, pipeline: app =>
        {
            app.UseExceptionHandler(page);
            UseRest(app);
        });
        (await TextAsync(await app.GetAsync("/fail", TestUsers.User(database.OrganizationA)), 500)).Should().EndWith("page of ''");
        (await TextAsync(await app.GetAsync("/fail"), 500)).Should().EndWith("page of ''");
    }

    [Fact]
    public async Task Tenant_named_by_the_route_is_not_looked_for_on_the_error_page()
    {
        await using var app = await App.StartAsync(map =>
        {
            map.MapGet("/{organization}/fail", Fail).WithoutTenant();
            map.MapGet("/{organization}/error", () => $"error page of '{AmbientTenantContext.Current}'");
        }, configure: options => options.FromRoute("organization"), services: s => s.AddSingleton<ITenantMembership>(new Members(database.OrganizationB)),
            pipeline: app =>
            {
                app.UseExceptionHandler("/b/error");
                UseRest(app);
            });
        (await TextAsync(await app.GetAsync("/a/fail", TestUsers.User(database.OrganizationA)), 500)).Should().Be("error page of ''");
    }

    [Fact]
    public async Task Session_of_the_failed_request_is_refused_on_its_error_page()
    {
        var faults = new List<Exception>();
        await using var app = await App.StartAsync(map =>
        {
            map.MapGet("/fail", async (ITenantSession session) =>
            {
                await session.ExecuteAsync("SELECT 1");
                Fail();
            });
            map.MapGet("/nothing-here", async (ITenantSession session) =>
            {
                await session.ExecuteAsync("SELECT 1");
                return Results.NotFound();
            });
            map.MapGet("/error", Ask);
            map.MapGet("/page/{status}", Ask);
        }, database.Database.AppConnectionString, pipeline: app =>
        {
            app.UseExceptionHandler("/error");
            app.UseStatusCodePagesWithReExecute("/page/{0}");
            UseRest(app);
        });
        foreach (var path in new[] { "/fail", "/nothing-here" })
        {
            (await app.GetAsync(path, TestUsers.User(database.OrganizationA))).Content.Headers.ContentType?.MediaType.Should().Be("text/plain");
            faults.Should().ContainSingle().Which.Should().BeOfType<TenantContextMissingException>();
            faults.Clear();
        }

        async Task<string> Ask(ITenantSession session)
        {
            try
            {
                await session.ExecuteAsync("SELECT 1");
            }
            catch (TenantDataException fault)
            {
                faults.Add(fault);
            }

            return "error page";
        }
    }

    [Fact]
    public async Task Error_page_that_fails_itself_is_run_once()
    {
        var runs = 0;
        await using var app = await App.StartAsync(map =>
        {
            Map(map);
            map.MapGet("/broken", Ask);
            map.MapGet("/broken/{status}", Ask);
        }, pipeline: app =>
        {
            app.UseExceptionHandler("/broken");
            app.UseStatusCodePagesWithReExecute("/broken/{0}");
            UseRest(app);
        });
        // The server answers 500; the test server hands the first fault on instead.
        await app.Invoking(a => a.GetAsync("/fail")).Should().ThrowAsync<InvalidOperationException>().WithMessage("of the host");
        runs.Should().Be(1);
        (await (await app.GetAsync("/nothing")).ShouldBeProblemAsync(401)).Code.Should().Be("no_tenant");
        runs.Should().Be(2);

        Task Ask(HttpContext http)
        {
            runs++;
            return http.RequestServices.GetRequiredService<ITenantSession>().ExecuteAsync("SELECT 1");
        }
    }

    [Fact]
    public async Task Admin_endpoint_is_not_opened_as_an_error_page()
    {
        // Without UseAuthorization, and with an AllowAnonymous too many.
        var isOpened = false;
        await using var app = await App.StartAsync(map =>
        {
            map.MapGet("/fail", Fail).WithoutTenant();
            map.MapGet("/admin", () => isOpened = true).RequireTenantAdmin("support").AllowAnonymous();
        }, pipeline: app =>
        {
            app.UseExceptionHandler("/admin");
            app.UseTenantContext();
        });
        ((int)(await app.GetAsync("/fail")).StatusCode).Should().Be(401);
        isOpened.Should().BeFalse();
    }

    private static Task<App> StartAsync(string pipeline = "implicit routing") => App.StartAsync(Map, pipeline: app =>
    {
        if (pipeline == "routing before")
            app.UseRouting();
        if (pipeline == "context before")
            app.UseTenantContext();
        app.UseStatusCodePagesWithReExecute("/page/{0}", createScopeForStatusCodePages: pipeline == "scope for errors");
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandlingPath = "/error", CreateScopeForErrors = pipeline == "scope for errors" });
        if (pipeline == "routing after")
            app.UseRouting();
        UseRest(app);
    });

    private static void UseRest(WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseTenantContext();
    }

    private static void Map(WebApplication app)
    {
        app.MapGet("/fail", Fail).WithoutTenant();
        app.MapGet("/gone", () => Results.StatusCode(410)).WithoutTenant();
        app.MapGet("/whose", () => $"whose: '{AmbientTenantContext.Current}'");
        app.MapGet("/error", () => $"error page of '{AmbientTenantContext.Current}'");
        app.MapGet("/demo-error", () => $"demo page of '{AmbientTenantContext.Current}'").WithDemoTenant(always: true);
        app.MapGet("/page/{status}", (int status) => $"page {status} of '{AmbientTenantContext.Current}'");
    }

    private static void Fail() => throw new InvalidOperationException("of the host");

    private static async Task<string> TextAsync(HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).Should().Be(status, text);
        return text;
    }

    private sealed class Members(Guid organization) : ITenantMembership
    {
        public ValueTask<Guid?> FindOrganizationAsync(ClaimsPrincipal user, string value, CancellationToken cancellationToken) => new(organization);
    }
}
