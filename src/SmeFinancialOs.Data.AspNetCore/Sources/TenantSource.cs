using Microsoft.AspNetCore.Http;

namespace SmeFinancialOs.Data.AspNetCore.Sources;

/// <summary>Where the tenant of a request comes from.</summary>
internal abstract class TenantSource
{
    /// <summary>Whether the request alone proves nothing.</summary>
    public abstract bool NeedsMembership { get; }

    /// <summary>Whether it is asked for anonymous requests, too: what it reads is the proof itself, and there is no user.</summary>
    public virtual bool Authenticates => false;

    public abstract ValueTask<TenantDecision> DecideAsync(HttpContext http);
}
