using System.Security.Cryptography;
using System.Text;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>Who a context is, as the settings of its transaction say it, and as the seal signs it.</summary>
internal sealed class ContextIdentity(TenantContext context)
{
    /// <summary>
    /// The value of <c>app.current_org_id</c>. An admin context clears it, so that nothing left on the login or the database can become its tenant.
    /// </summary>
    public string Tenant { get; } = context.OrganizationId?.ToString() ?? "";

    /// <summary>The value of <c>app.current_user_id</c>, or null: the actor is the user of an admin context.</summary>
    public string? User { get; } = context.Actor ?? context.UserId;

    /// <summary>The elements of <c>app.current_roles</c>.</summary>
    public string[] Roles { get; } = [.. context.Roles];

    /// <summary>
    /// SHA-256, in hexadecimal, of tenant, user and roles, each behind its length in code points and a colon: the view <c>app_seal.identity</c> says the same.
    /// </summary>
    public string Digest => field ??= DigestOf([Tenant, User ?? "", .. Roles]);

    private static string DigestOf(IEnumerable<string> texts)
    {
        var identity = new StringBuilder();
        foreach (var text in texts)
            identity.Append(text.EnumerateRunes().Count()).Append(':').Append(text);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity.ToString())));
    }
}
