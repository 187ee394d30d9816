using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace SmeFinancialOs.Data.AspNetCore.Sources;

/// <summary>Memberships that a resolver of the database finds, by the user's id in a claim and the organization's id in the request.</summary>
internal sealed class ResolverMembership(string resolver, string userClaimType, ResolverCache cache)
{
    public async ValueTask<TenantKey?> FindAsync(HttpContext http, string value)
    {
        var factory = http.RequestServices.GetRequiredService<TenantConnectionFactory>();
        var users = http.User.AuthenticatedIdentities().SelectMany(identity => identity.FindAll(userClaimType)).Select(claim => claim.Value)
            .Distinct(StringComparer.Ordinal).ToArray();
        if (users is not [var user] || string.IsNullOrWhiteSpace(user) || !TenantKey.TryParse(value, factory.TenantType, out var tenant))
            return null;
        try
        {
            return await cache.ResolveAsync(http, resolver, new object[] { user, tenant.Value }).ConfigureAwait(false);
        }
        // The user's id is no value of the column's type: then it is no member.
        catch (InvalidValueException)
        {
            return null;
        }
    }
}
