using Microsoft.AspNetCore.Http;

namespace SmeFinancialOs.Data.AspNetCore.Sources;

/// <summary>Where the tenant of a signed-in user's request comes from.</summary>
internal abstract class TenantSource
{
    /// <summary>Whether the request alone proves nothing.</summary>
    public abstract bool NeedsMembership { get; }

    public abstract ValueTask<TenantDecision> DecideAsync(HttpContext http);
}
