using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace SmeFinancialOs.Data.AspNetCore.Tests.Support;

/// <summary>A host with endpoints that fail, and with error pages that say whose tenant they run under.</summary>
internal static class ErrorPageApp
{
    public static void UseRest(WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseTenantContext();
    }

    public static void Map(WebApplication app)
    {
        app.MapGet("/fail", Fail).WithoutTenant();
        app.MapGet("/gone", () => Results.StatusCode(410)).WithoutTenant();
        app.MapGet("/whose", () => $"whose: '{AmbientTenantContext.Current}'");
        app.MapGet("/error", () => $"error page of '{AmbientTenantContext.Current}'");
        app.MapGet("/demo-error", () => $"demo page of '{AmbientTenantContext.Current}'").WithDemoTenant(always: true);
        app.MapGet("/page/{status}", (int status) => $"page {status} of '{AmbientTenantContext.Current}'");
    }

    public static void Fail() => throw new InvalidOperationException("of the host");

    public static async Task<string> TextAsync(HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).Should().Be(status, text);
        return text;
    }
}
