using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using SmeFinancialOs.Data.AspNetCore;

namespace SmeFinancialOs.Data.SampleHost;

/// <summary>A user of the sample. A real host asks its identity provider.</summary>
internal sealed record User
{
    public required string Name { get; init; }

    public required string Password { get; init; }

    /// <summary>Null for an operator, who belongs to no organization.</summary>
    public Guid? OrganizationId { get; init; }
}

internal sealed record Credentials(string? Name, string? Password);

internal sealed record SignedIn(string AccessToken, int ExpiresIn);

/// <summary>Signs users in with tokens of its own: five minutes, a key that is made at start unless it is configured.</summary>
internal sealed class TokenIssuer(IConfiguration configuration)
{
    private const string Name = "sample-host";
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly SymmetricSecurityKey _key = new(
        configuration["SigningKey"] is { } configured ? Convert.FromBase64String(configured) : RandomNumberGenerator.GetBytes(32));

    private readonly User[] _users = configuration.GetSection("Users").Get<User[]>() ?? [];

    public TokenValidationParameters Validation => new()
    {
        ValidIssuer = Name,
        ValidAudience = Name,
        IssuerSigningKey = _key,
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        ClockSkew = TimeSpan.Zero,
        NameClaimType = JwtRegisteredClaimNames.Sub,
    };

    public SignedIn? SignIn(Credentials credentials)
    {
        var password = Encoding.UTF8.GetBytes(credentials.Password ?? "");
        var user = _users.FirstOrDefault(user => user.Name == credentials.Name);
        return user is not null && CryptographicOperations.FixedTimeEquals(password, Encoding.UTF8.GetBytes(user.Password)) ? Issue(user) : null;
    }

    public SignedIn Issue(User user)
    {
        var claims = new ClaimsIdentity([new Claim(JwtRegisteredClaimNames.Sub, user.Name)]);
        claims.AddClaim(user.OrganizationId is { } organization ? new Claim("org_id", organization.ToString()) : new Claim("role", "operator"));
        return new SignedIn(
            new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
            {
                Issuer = Name,
                Audience = Name,
                Subject = claims,
                Expires = DateTime.UtcNow + Lifetime,
                SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.HmacSha256),
            }),
            (int)Lifetime.TotalSeconds);
    }
}

internal static class SignInEndpoint
{
    public static void AddSignIn(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(new TokenIssuer(configuration));
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>>(provider => new ConfigureNamedOptions<JwtBearerOptions>(
            JwtBearerDefaults.AuthenticationScheme,
            options =>
            {
                // Claims keep the names they have in the token.
                options.MapInboundClaims = false;
                options.TokenValidationParameters = provider.GetRequiredService<TokenIssuer>().Validation;
            }));
    }

    public static void MapSignIn(this WebApplication app) =>
        app.MapPost("/sign-in", (Credentials credentials, TokenIssuer tokens) => tokens.SignIn(credentials) is { } signedIn
            ? Results.Ok(signedIn)
            : Results.Problem(statusCode: StatusCodes.Status401Unauthorized, detail: "Name or password is wrong.")).WithoutTenant();
}
