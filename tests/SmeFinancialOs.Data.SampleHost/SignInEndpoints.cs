using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace SmeFinancialOs.Data.SampleHost;

internal sealed record Credentials(string? Name = null, string? Password = null);

internal sealed record SignedIn(string AccessToken, int ExpiresIn);

internal static class SignInEndpoints
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
