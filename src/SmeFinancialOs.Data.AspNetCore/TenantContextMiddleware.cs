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
        if (metadata is DemoTenantAttribute { Always: true })
            return _options.Demo;
        var isSignedIn = http.User.AuthenticatedIdentities().Any();
        if (await AskSourcesAsync(http, isSignedIn).ConfigureAwait(false) is { } decision)
            return decision;
        return metadata is DemoTenantAttribute ? _options.Demo : TenantDecision.SignIn;
    }

    /// <summary>The first source that the request says something for decides. Null for a request that is anonymous to all of them.</summary>
    private async ValueTask<TenantDecision?> AskSourcesAsync(HttpContext http, bool isSignedIn)
    {
        TenantDecision? absent = null;
        foreach (var source in _options.Sources.Where(source => isSignedIn || source.Authenticates))
        {
            var decision = await source.DecideAsync(http).ConfigureAwait(false);
            if (!decision.IsAbsent)
                return decision.Context is { } context && _options.User is { } user && !source.Authenticates ? user.Add(context, http) : decision;
            absent ??= decision;
        }

        return isSignedIn ? absent : null;
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
