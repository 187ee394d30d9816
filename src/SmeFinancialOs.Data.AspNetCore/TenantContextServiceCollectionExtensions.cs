using Microsoft.AspNetCore.Http;
using SmeFinancialOs.Data.AspNetCore;

// In the namespace of what it extends, so that a host needs no using directive to find it.
#pragma warning disable IDE0130
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers what turns a request into a tenant context.</summary>
public static class TenantContextServiceCollectionExtensions
{
    /// <summary>
    /// Registers the services of <c>UseTenantContext</c>, and an exception handler that answers the typed faults of the data access with problem details
    /// where the host calls <c>UseExceptionHandler</c>. The options are validated when the host starts.
    /// </summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="configure">Chooses the source; null takes the claim <c>org_id</c> of the authenticated user.</param>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddTenantContext(this IServiceCollection services, Action<TenantContextOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<TenantContextOptions>()
            .Validate(o => o.AccessDeniedStatusCode is StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound,
                "AddTenantContext: AccessDeniedStatusCode is 404 or 403.")
            .Validate(o => !string.IsNullOrWhiteSpace(o.AdminReasonHeader), "AddTenantContext: AdminReasonHeader is missing.")
            .Validate(o => o.AdminActor is not null, "AddTenantContext: AdminActor is missing. Leave it out for the name of the user.")
            .Validate<IServiceProviderIsService>(
                (o, registered) => !o.Sources.Any(source => source.NeedsMembership) || registered.IsService(typeof(ITenantMembership)),
                "AddTenantContext: a route, host name or header is no proof of who is asking. Register an ITenantMembership that says "
                + "whether the user is a member, or name a resolver: MembershipFromResolver.")
            .Validate(o => o.ResolverCacheDuration >= TimeSpan.Zero && o.ResolverCacheDuration <= TimeSpan.FromHours(1),
                "AddTenantContext: ResolverCacheDuration is between zero and an hour.")
            .ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);
        services.AddProblemDetails();
        services.AddExceptionHandler<TenantExceptionHandler>();
        services.AddAuthorization();
        return services;
    }
}
