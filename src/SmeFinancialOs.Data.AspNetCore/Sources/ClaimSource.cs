using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace SmeFinancialOs.Data.AspNetCore.Sources;

internal sealed class ClaimSource(string claimType) : TenantSource
{
    public override bool NeedsMembership => false;

    public override ValueTask<TenantDecision> DecideAsync(HttpContext http)
    {
        var values = http.User.AuthenticatedIdentities().SelectMany(identity => identity.FindAll(claimType))
            .Select(claim => claim.Value).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        return new(values switch
        {
            [] => TenantDecision.NoTenant("The user has no organization."),
            [var value] when TenantKey.TryParse(value, http.RequestServices.GetRequiredService<TenantConnectionFactory>().TenantType, out var id) =>
                TenantContext.ForOrganization(id),
            [_] => TenantDecision.NoTenant("The user's organization is not a valid id."),
            _ => TenantDecision.NoTenant("The user has more than one organization."),
        });
    }
}
