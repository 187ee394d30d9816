using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SmeFinancialOs.Data.AspNetCore.Tests.Support;
using static SmeFinancialOs.Data.AspNetCore.Tests.Support.ErrorPageApp;

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

    private sealed class Members(Guid organization) : ITenantMembership
    {
        public ValueTask<TenantKey?> FindOrganizationAsync(ClaimsPrincipal user, string value, CancellationToken cancellationToken) => new(organization);
    }
}
