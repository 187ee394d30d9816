using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace SmeFinancialOs.Data.AspNetCore.Sources;

/// <summary>
/// The admin context of an endpoint that asks for one. The policy is evaluated here, whether or not UseAuthorization has done so before: a pipeline in
/// the wrong order, or an AllowAnonymous too many, must not open it.
/// </summary>
internal static class AdminSource
{
    public static async Task<TenantDecision> DecideAsync(HttpContext http, TenantAdminAttribute admin, TenantContextOptions options)
    {
        var policies = http.RequestServices.GetRequiredService<IAuthorizationPolicyProvider>();
        var evaluator = http.RequestServices.GetRequiredService<IPolicyEvaluator>();
        // What names no policy would be combined to the default one: whoever is signed in.
        if (string.IsNullOrWhiteSpace(admin.Policy))
            throw new InvalidOperationException("[TenantAdmin] names no policy. Name the one that admins must satisfy.");
        var policy = await AuthorizationPolicy.CombineAsync(policies, [admin]).ConfigureAwait(false);
        var authentication = await evaluator.AuthenticateAsync(policy!, http).ConfigureAwait(false);
        var authorization = await evaluator.AuthorizeAsync(policy!, authentication, http, http.GetEndpoint()).ConfigureAwait(false);
        // A policy that lets anonymous users through names nobody whom the access log could hold responsible.
        if (authorization.Challenged || http.User.Identity is not { IsAuthenticated: true })
            return TenantDecision.SignIn;
        // Only identities that somebody authenticated can be held responsible.
        var admins = new ClaimsPrincipal(http.User.AuthenticatedIdentities());
        if (!authorization.Succeeded || options.AdminActor(admins) is not { } actor || string.IsNullOrWhiteSpace(actor))
            return TenantDecision.Refuse(StatusCodes.Status403Forbidden, "not_admin", "The user is not an admin.");

        var reason = http.Request.Headers[options.AdminReasonHeader] is { Count: 1 } values ? values[0] : null;
        try
        {
            var context = TenantContext.ForAdmin(actor, reason ?? "");
            return admin.AllowWrites ? context.AsReadWrite() : context;
        }
        catch (ArgumentException)
        {
            return TenantDecision.Refuse(StatusCodes.Status400BadRequest, "admin_reason_required",
                $"An admin request says why, in one header {options.AdminReasonHeader} of at most 1000 characters.");
        }
    }
}
