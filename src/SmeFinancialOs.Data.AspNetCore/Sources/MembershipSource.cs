using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace SmeFinancialOs.Data.AspNetCore.Sources;

/// <summary>What the request says, and the host confirms.</summary>
internal sealed class MembershipSource(Func<HttpContext, string?> read) : TenantSource
{
    public override bool NeedsMembership => true;

    public override async ValueTask<TenantDecision> DecideAsync(HttpContext http)
    {
        if (read(http) is not { } value || string.IsNullOrWhiteSpace(value))
            return TenantDecision.NoTenant("The request names no organization.");
        var membership = http.RequestServices.GetRequiredService<ITenantMembership>();
        return await membership.FindOrganizationAsync(http.User, value, http.RequestAborted).ConfigureAwait(false) is { } id
            ? TenantContext.ForOrganization(id)
            : TenantDecision.NoTenant("There is no such organization for this user.");
    }
}
