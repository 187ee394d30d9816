using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace SmeFinancialOs.Data.SampleHost;

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
