using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.AspNetCore.Tests.Snippets;

/// <summary>The C# of docs/aspnetcore.md, word for word.</summary>
internal static class AspNetCoreSnippets
{
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        // <snippet>
        builder.Services.AddTenantData(builder.Configuration.GetSection("TenantData"));
        builder.Services.AddInvoicing();
        builder.Services.AddTenantContext();
        builder.Services.AddAuthentication().AddJwtBearer();
        builder.Services.AddAuthorizationBuilder().AddPolicy("support", policy => policy.RequireRole("support"));
        builder.Services.AddHealthChecks().AddTenantData();

        var app = builder.Build();
        app.UseExceptionHandler();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseTenantContext();
        // </snippet>
        return app;
    }

    public static void Map(WebApplication app)
    {
        // <snippet>
        // Whoever is signed in: the invoices of their organization.
        app.MapGet("/invoices", (InvoiceRepository invoices, CancellationToken cancellationToken) => invoices.ListAsync(cancellationToken: cancellationToken));

        // Visitors see the demo organization, users their own.
        app.MapGet("/dashboard", (InvoiceRepository invoices) => invoices.GetTotalsByStatusAsync()).WithDemoTenant();

        // Across organizations: for the policy "support", with a reason in the header X-Admin-Reason.
        app.MapGet("/admin/totals", (InvoiceRepository invoices) => invoices.GetTotalsByOrganizationAsync()).RequireTenantAdmin("support");

        // No tenant, and no session for it.
        app.MapHealthChecks("/health").WithoutTenant();
        // </snippet>
    }

    public static void FromHost(IServiceCollection services)
    {
        // <snippet>
        services.AddTenantContext(options => options.FromHost("example.com")); // acme.example.com: acme
        services.AddScoped<ITenantMembership, Membership>();
        // </snippet>
    }

    public static void Users(IServiceCollection services)
    {
        // <snippet>
        services.AddTenantContext(options => options.FromClaim("org_id").UserFromClaim("sub").RolesFromClaim("role"));
        // </snippet>
    }

    public static void Audit(IServiceCollection services, string connectionString)
    {
        // <snippet>
        services.AddHealthChecks().AddTenantData(configure: options => options.Audit = async (_, cancellationToken) =>
        {
            var report = await new SchemaAudit(connectionString).RunAsync(cancellationToken);
            return new TenantAuditSummary(
                Errors: report.Findings.Count(finding => finding.Severity == AuditSeverity.Error),
                Warnings: report.Findings.Count(finding => finding.Severity == AuditSeverity.Warning));
        });
        // </snippet>
    }
}

// <snippet>
internal sealed class Membership(TenantConnectionFactory factory) : ITenantMembership
{
    // By two resolvers: of the slug of an organization, and of a user and an organization.
    public async ValueTask<TenantKey?> FindOrganizationAsync(ClaimsPrincipal user, string slug, CancellationToken cancellationToken) =>
        user.Identity?.Name is { } name && await factory.ResolveTenantAsync("slug", slug, cancellationToken) is { } organization
            ? await factory.ResolveTenantAsync("membership", new object[] { name, organization }, cancellationToken)
            : null;
}
// </snippet>
