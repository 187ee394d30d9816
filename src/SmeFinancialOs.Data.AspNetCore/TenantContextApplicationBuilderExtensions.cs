using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SmeFinancialOs.Data.AspNetCore;

// In the namespace of what it extends, so that a host needs no using directive to find it.
#pragma warning disable IDE0130
namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts the tenant of a request in force.</summary>
public static class TenantContextApplicationBuilderExtensions
{
    /// <summary>
    /// From here on a request acts for its tenant, and what has none is refused before any database work. Call it after <c>UseExceptionHandler</c>,
    /// <c>UseRouting</c>, <c>UseAuthentication</c> and <c>UseAuthorization</c>.
    /// </summary>
    /// <param name="app">The pipeline.</param>
    /// <exception cref="InvalidOperationException"><c>AddTenantContext</c> was not called.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="app"/> is null.</exception>
    public static IApplicationBuilder UseTenantContext(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (app.ApplicationServices.GetService<IValidateOptions<TenantContextOptions>>() is null)
            throw new InvalidOperationException("Call services.AddTenantContext() before UseTenantContext().");
        return app.UseMiddleware<TenantContextMiddleware>();
    }
}
