using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace SmeFinancialOs.Data.AspNetCore.Tests.Support;

/// <summary>
/// Believes the header X-Test-User: <c>alice; org_id=..; role=..</c>. Claims behind a <c>|</c> come from an identity that nobody authenticated.
/// </summary>
internal sealed class TestUsers(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Header = "X-Test-User";

    public static string User(Guid organizationId, string role = "member") => $"alice; {TenantContextOptions.DefaultClaimType}={organizationId}; role={role}";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!Request.Headers.TryGetValue(Header, out var header))
            return Task.FromResult(AuthenticateResult.NoResult());
        var parts = header.ToString().Split('|');
        var principal = new ClaimsPrincipal(Identity(parts[0], Scheme.Name));
        if (parts.Length > 1)
            principal.AddIdentity(Identity(parts[1], authenticationType: null));
        return Task.FromResult(AuthenticateResult.Success(new(principal, Scheme.Name)));
    }

    private static ClaimsIdentity Identity(string text, string? authenticationType)
    {
        var parts = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var claims = parts.Where(part => part.Contains('=', StringComparison.Ordinal)).Select(part => new Claim(part.Split('=')[0], part.Split('=')[1]));
        var name = parts.Where(part => !part.Contains('=', StringComparison.Ordinal)).Select(part => new Claim("name", part));
        return new ClaimsIdentity([.. name, .. claims], authenticationType, "name", "role");
    }
}
