using System.Security.Claims;

namespace SmeFinancialOs.Data.AspNetCore.Sources;

internal static class ClaimsPrincipalExtensions
{
    /// <summary>A principal may carry identities that nobody authenticated; only these count.</summary>
    public static IEnumerable<ClaimsIdentity> AuthenticatedIdentities(this ClaimsPrincipal user) => user.Identities.Where(identity => identity.IsAuthenticated);
}
