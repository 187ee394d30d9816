using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SmeFinancialOs.Data.AspNetCore.Health;

internal sealed class TenantHealthCheck(IServiceProvider services, string? serviceKey, HealthAudit? audit) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await services.GetRequiredKeyedService<TenantConnectionFactory>(serviceKey).VerifyAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TenantDataException fault)
        {
            // Its message names server and login, never a password.
            return new HealthCheckResult(context.Registration.FailureStatus, fault.Message, fault);
        }

        if (audit is null)
            return HealthCheckResult.Healthy();
        var summary = await audit.SummaryAsync(services, cancellationToken).ConfigureAwait(false);
        var data = new Dictionary<string, object> { ["audit.errors"] = summary.Errors, ["audit.warnings"] = summary.Warnings };
        var description = $"The audit of the schema has {summary.Errors} errors and {summary.Warnings} warnings.";
        return summary switch
        {
            { Errors: > 0 } => new HealthCheckResult(context.Registration.FailureStatus, description, exception: null, data),
            { Warnings: > 0 } => HealthCheckResult.Degraded(description, exception: null, data),
            _ => HealthCheckResult.Healthy(description, data),
        };
    }
}
