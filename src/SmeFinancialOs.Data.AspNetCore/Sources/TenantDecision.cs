using Microsoft.AspNetCore.Http;

namespace SmeFinancialOs.Data.AspNetCore.Sources;

/// <summary>The context of a request, or why it has none.</summary>
internal readonly record struct TenantDecision(TenantContext? Context, Problem? Refusal)
{
    /// <summary>Whether the request says nothing about it, so that the next source is asked.</summary>
    public bool IsAbsent { get; private init; }

    public static TenantDecision SignIn { get; } = Refuse(StatusCodes.Status401Unauthorized, "sign_in_required", "Sign in first.");

    public static implicit operator TenantDecision(TenantContext context) => new(context, null);

    public static TenantDecision NoTenant(string why) => Refuse(StatusCodes.Status403Forbidden, "no_tenant", why);

    public static TenantDecision Absent(string why) => NoTenant(why) with { IsAbsent = true };

    public static TenantDecision Refuse(int status, string code, string detail) => new(null, new Problem(status, code, detail));
}
