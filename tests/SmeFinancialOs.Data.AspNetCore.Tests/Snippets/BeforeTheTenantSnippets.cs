using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace SmeFinancialOs.Data.AspNetCore.Tests.Snippets;

/// <summary>The C# of docs/before-the-tenant.md, word for word.</summary>
internal static class BeforeTheTenantSnippets
{
    public static async Task<(TenantKey? Tenant, TenantKey? Member, IReadOnlyList<TenantKey> Organizations)> ResolveAsync(
        TenantConnectionFactory factory, string key, string userId, Guid organizationId)
    {
        // <snippet>
        TenantKey? tenant = await factory.ResolveTenantAsync("api_key", SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        TenantKey? member = await factory.ResolveTenantAsync("membership", new object[] { userId, organizationId });
        IReadOnlyList<TenantKey> organizations = await factory.ResolveTenantsAsync("membership", userId);
        // </snippet>
        return (tenant, member, organizations);
    }

    public static void Sources(IServiceCollection services)
    {
        // <snippet>
        services.AddTenantContext(options => options
            .FromClaim("org_id")                                                            // users who have signed in,
            .FromKeyHeader("api_key", "X-Api-Key", key => SHA256.HashData(Encoding.UTF8.GetBytes(key)))); // else programs with a key
        // </snippet>
    }

    public static void Members(IServiceCollection services)
    {
        // <snippet>
        services.AddTenantContext(options =>
        {
            options.FromHeader("X-Organization").MembershipFromResolver("membership", userClaimType: "sub");
            options.ResolverCacheDuration = TimeSpan.FromSeconds(10);
        });
        // </snippet>
    }
}
