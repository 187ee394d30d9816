using Microsoft.AspNetCore.Http;

namespace SmeFinancialOs.Data.AspNetCore.Sources;

/// <summary>A key that the request carries, such as an API key: whoever has it acts for the organization that the resolver finds.</summary>
internal sealed class KeySource(string resolver, Func<HttpContext, object?> key, ResolverCache cache) : TenantSource
{
    public override bool NeedsMembership => false;

    public override bool Authenticates => true;

    public override async ValueTask<TenantDecision> DecideAsync(HttpContext http)
    {
        if (key(http) is not { } value)
            return TenantDecision.Absent("The request has no key.");
        return await cache.ResolveAsync(http, resolver, value).ConfigureAwait(false) is { } id
            ? TenantContext.ForOrganization(id)
            : TenantDecision.Refuse(StatusCodes.Status401Unauthorized, "unknown_key", "No organization has this key.");
    }
}
