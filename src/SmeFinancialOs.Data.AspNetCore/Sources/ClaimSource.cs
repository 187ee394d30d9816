using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace SmeFinancialOs.Data.AspNetCore.Sources;

internal sealed class ClaimSource(string claimType) : TenantSource
{
    public override bool NeedsMembership => false;

    public override ValueTask<TenantDecision> DecideAsync(HttpContext http)
    {
        // As the database has them. An app without a database has no tenants to tell apart.
        var type = http.RequestServices.GetService<TenantConnectionFactory>()?.TenantType ?? TenantKeyType.Uuid;
        var ids = http.User.AuthenticatedIdentities().SelectMany(identity => identity.FindAll(claimType))
            .Select(claim => TenantKey.TryParse(claim.Value, type, out var id) ? id : (TenantKey?)null).Distinct().ToArray();
        return new(ids switch
        {
            [] => TenantDecision.Absent("The user has no organization."),
            [{ } id] => TenantContext.ForOrganization(id),
            [null] => TenantDecision.NoTenant("The user's organization is not a valid id."),
            _ => TenantDecision.NoTenant("The user has more than one organization."),
        });
    }
}
