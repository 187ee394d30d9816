using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace SmeFinancialOs.Data.AspNetCore.Sources;

/// <summary>What the request says, and the host's memberships confirm: those of the options' resolver, else of the service.</summary>
internal sealed class MembershipSource(Func<HttpContext, string?> read, TenantContextOptions options) : TenantSource
{
    public override bool NeedsMembership => options.Membership is null;

    public override async ValueTask<TenantDecision> DecideAsync(HttpContext http)
    {
        if (read(http) is not { } value || string.IsNullOrWhiteSpace(value))
            return TenantDecision.Absent("The request names no organization.");
        var found = options.Membership is { } members
            ? members.FindAsync(http, value)
            : http.RequestServices.GetRequiredService<ITenantMembership>().FindOrganizationAsync(http.User, value, http.RequestAborted);
        return await found.ConfigureAwait(false) is { } id
            ? TenantContext.ForOrganization(id)
            : TenantDecision.NoTenant("There is no such organization for this user.");
    }
}
