using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SmeFinancialOs.Data.AspNetCore.Tests.Support;
using static SmeFinancialOs.Data.AspNetCore.Tests.Support.ErrorPageApp;

namespace SmeFinancialOs.Data.AspNetCore.Tests;

/// <summary>What the endpoint of an error page may do: it has no session of the failed request, is run once, and is no way to an admin endpoint.</summary>
public sealed class ErrorPageEndpointTests(HostDatabase database) : IClassFixture<HostDatabase>
{
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
            ((await app.GetAsync(path, TestUsers.User(database.OrganizationA))).Content.Headers.ContentType?.MediaType).Should().Be("text/plain");
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
}
