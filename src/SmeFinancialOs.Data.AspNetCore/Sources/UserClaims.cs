using Microsoft.AspNetCore.Http;

namespace SmeFinancialOs.Data.AspNetCore.Sources;

/// <summary>Who acts inside the organization, by the claims of the authenticated user.</summary>
internal sealed record UserClaims(string UserType, string? RoleType)
{
    /// <summary>
    /// The decision for the same organization and its user. A user that nobody vouches for is refused, not left out: a policy may ask for one.
    /// </summary>
    public TenantDecision Add(TenantContext context, HttpContext http)
    {
        var users = Values(http, UserType);
        if (users is not [var user])
            return Refuse(users.Length == 0 ? "The user has no id." : "The user has more than one id.");
        try
        {
            return context.As(user, RoleType is null ? [] : Values(http, RoleType));
        }
        catch (ArgumentException)
        {
            return Refuse("The id of the user, or a role, is no text that the database can store.");
        }
    }

    private static TenantDecision Refuse(string why) => TenantDecision.Refuse(StatusCodes.Status403Forbidden, "no_user", why);

    private static string[] Values(HttpContext http, string type) =>
        [.. http.User.AuthenticatedIdentities().SelectMany(identity => identity.FindAll(type)).Select(claim => claim.Value).Distinct(StringComparer.Ordinal)];
}
