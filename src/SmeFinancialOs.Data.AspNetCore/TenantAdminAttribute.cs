using Microsoft.AspNetCore.Authorization;

namespace SmeFinancialOs.Data.AspNetCore;

/// <summary>
/// The endpoint works across organizations, for users who satisfy a policy and say why. Actor and reason are in <c>app.admin_access_log</c>
/// before anything is read.
/// </summary>
/// <param name="policy">The authorization policy.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class TenantAdminAttribute(string policy) : AuthorizeAttribute(Named(policy)), ITenantEndpointMetadata
{
    /// <summary>Whether the endpoint may write; otherwise its transactions are read-only.</summary>
    public bool AllowWrites { get; set; }

    /// <summary>Without a name it would be the default policy: whoever is signed in.</summary>
    private static string Named(string policy)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(policy);
        return policy;
    }
}
