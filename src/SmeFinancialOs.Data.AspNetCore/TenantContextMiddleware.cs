using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SmeFinancialOs.Data.AspNetCore.Sources;

namespace SmeFinancialOs.Data.AspNetCore;

/// <summary>Decides whose request it is before any database work, and puts that in force for exactly the rest of the request.</summary>
internal sealed class TenantContextMiddleware(RequestDelegate next, IOptions<TenantContextOptions> options, ILogger<TenantContextMiddleware> logger)
{
    private readonly TenantContextOptions _options = options.Value;

    public async Task InvokeAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var endpoint = http.GetEndpoint();
        var metadata = endpoint?.Metadata.GetMetadata<ITenantEndpointMetadata>();
        if (endpoint is null || metadata is WithoutTenantAttribute || (IsErrorPage(http) && metadata is not TenantAdminAttribute))
        {
            // Without a context, also where this runs inside a pipeline that has one: whatever asks for a session is refused.
            await AmbientTenantContext.SuppressAsync(() => next(http)).ConfigureAwait(false);
            if (endpoint is null && http.GetEndpoint() is not null)
                logger.TooEarly();
            return;
        }

        var decision = await DecideAsync(http, metadata).ConfigureAwait(false);
        if (decision.Refusal is { } refusal)
        {
            await RefuseAsync(http, refusal).ConfigureAwait(false);
            return;
        }

        await AmbientTenantContext.RunAsync(decision.Context!, () => next(http)).ConfigureAwait(false);
    }

    /// <summary>
    /// Whether another middleware runs the request again, for a page about an error or a status. What a client sends sets no feature. An admin endpoint stays
    /// what it is: its policy is asked for here.
    /// </summary>
    private static bool IsErrorPage(HttpContext http) =>
        http.Features.Get<IExceptionHandlerFeature>() is not null || http.Features.Get<IStatusCodeReExecuteFeature>() is not null;

    private async ValueTask<TenantDecision> DecideAsync(HttpContext http, ITenantEndpointMetadata? metadata)
    {
        if (metadata is TenantAdminAttribute admin)
            return await AdminSource.DecideAsync(http, admin, _options).ConfigureAwait(false);
        var isSignedIn = http.User.AuthenticatedIdentities().Any();
        if (metadata is DemoTenantAttribute demo && (demo.Always || !isSignedIn))
            return _options.Demo;
        var decision = isSignedIn ? await _options.Source.DecideAsync(http).ConfigureAwait(false) : TenantDecision.SignIn;
        return decision.Context is { } context && _options.User is { } user ? user.Add(context, http) : decision;
    }

    private async Task RefuseAsync(HttpContext http, Problem refusal)
    {
        logger.Refused(refusal.Status, refusal.Code, refusal.Detail);
        if (refusal.Status == StatusCodes.Status401Unauthorized
            && http.RequestServices.GetService<IAuthenticationSchemeProvider>() is { } schemes
            && await schemes.GetDefaultChallengeSchemeAsync().ConfigureAwait(false) is { } scheme)
        {
            // Says how to sign in: a WWW-Authenticate header; or a redirect, which needs no body.
            await http.ChallengeAsync(scheme.Name).ConfigureAwait(false);
            if (http.Response.HasStarted || http.Response.StatusCode != StatusCodes.Status401Unauthorized)
                return;
        }

        await refusal.WriteAsync(http).ConfigureAwait(false);
    }
}
