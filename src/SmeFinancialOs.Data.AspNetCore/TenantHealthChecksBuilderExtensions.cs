using Microsoft.Extensions.Diagnostics.HealthChecks;
using SmeFinancialOs.Data;
using SmeFinancialOs.Data.AspNetCore;
using SmeFinancialOs.Data.AspNetCore.Health;

// In the namespace of what it extends, so that a host needs no using directive to find it.
#pragma warning disable IDE0130
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the health check of tenant data.</summary>
public static class TenantHealthChecksBuilderExtensions
{
    /// <summary>
    /// Healthy means: the server answers, no login can bypass row-level security, and the schema is not older than the library needs. It is
    /// <see cref="TenantConnectionFactory.VerifyAsync"/>, and an audit where the options name one.
    /// </summary>
    /// <param name="builder">The health checks to add to.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">What a failure is reported as; null for unhealthy.</param>
    /// <param name="tags">Tags to choose checks by.</param>
    /// <param name="configure">Sets the audit.</param>
    /// <param name="serviceKey">The key that the database was registered with by <c>AddTenantData</c>.</param>
    /// <exception cref="ArgumentException">
    /// The name, the key or a tag is blank, the status is not a <see cref="HealthStatus"/>, or <see cref="TenantHealthCheckOptions.AuditInterval"/> is
    /// below zero; or <paramref name="builder"/> is null.
    /// </exception>
    public static IHealthChecksBuilder AddTenantData(this IHealthChecksBuilder builder, string name = "tenant-data", HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null, Action<TenantHealthCheckOptions>? configure = null, string? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (failureStatus is { } status && !Enum.IsDefined(status))
            throw new ArgumentOutOfRangeException(nameof(failureStatus), status, "The status must be Healthy, Degraded or Unhealthy.");
        if (tags?.Any(string.IsNullOrWhiteSpace) == true)
            throw new ArgumentException("A tag is missing.", nameof(tags));
        if (serviceKey is not null)
            ArgumentException.ThrowIfNullOrWhiteSpace(serviceKey);
        var options = new TenantHealthCheckOptions();
        configure?.Invoke(options);
        if (options.AuditInterval < TimeSpan.Zero)
            throw new ArgumentException("AuditInterval must not be negative; zero audits with every probe.", nameof(configure));
        var audit = options.Audit is null ? null : new HealthAudit(options.Audit, options.AuditInterval);
        return builder.Add(new(name, services => new TenantHealthCheck(services, serviceKey, audit), failureStatus, tags));
    }
}
