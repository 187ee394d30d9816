namespace SmeFinancialOs.Data.AspNetCore.Health;

/// <summary>The last audit, for as long as it holds. One that failed is tried again by the next probe.</summary>
internal sealed class HealthAudit(Func<IServiceProvider, CancellationToken, Task<TenantAuditSummary>> audit, TimeSpan interval)
{
    private Result? _last;

    public async Task<TenantAuditSummary> SummaryAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        if (_last is { } last && Environment.TickCount64 - last.At < interval.TotalMilliseconds)
            return last.Summary;
        var summary = await audit(services, cancellationToken).ConfigureAwait(false);
        _last = new(summary, Environment.TickCount64);
        return summary;
    }

    /// <summary>A class, so that concurrent probes see all of it or none.</summary>
    private sealed record Result(TenantAuditSummary Summary, long At);
}
