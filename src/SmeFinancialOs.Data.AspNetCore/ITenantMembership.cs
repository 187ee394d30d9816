using System.Security.Claims;

namespace SmeFinancialOs.Data.AspNetCore;

/// <summary>
/// The host's answer to whether a user may act for the organization that a route, a host name or a header names. What a request says is no proof: the
/// tenant is taken from there only through this service. Registered by the host; asked once a request.
/// </summary>
public interface ITenantMembership
{
    /// <summary>Finds the organization, if it exists and the user is a member of it.</summary>
    /// <param name="user">An authenticated user.</param>
    /// <param name="value">What the request says, as it stands there: an id or a slug, chosen by whoever sent it.</param>
    /// <param name="cancellationToken">The end of the request.</param>
    /// <returns>The id of the organization; null where there is none or the user is no member, which look the same from outside.</returns>
    ValueTask<TenantKey?> FindOrganizationAsync(ClaimsPrincipal user, string value, CancellationToken cancellationToken);
}
