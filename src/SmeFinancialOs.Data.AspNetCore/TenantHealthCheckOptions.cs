namespace SmeFinancialOs.Data.AspNetCore;

/// <summary>What the health check of tenant data does besides asking the server.</summary>
public sealed class TenantHealthCheckOptions
{
    /// <summary>
    /// Audits the schema, for instance with <c>SchemaAudit</c> of SmeFinancialOs.Data.Audit, which this package does not reference; null for no audit.
    /// </summary>
    public Func<IServiceProvider, CancellationToken, Task<TenantAuditSummary>>? Audit { get; set; }

    /// <summary>How long the result of an audit holds. An audit reads the whole catalog; probes come every few seconds.</summary>
    public TimeSpan AuditInterval { get; set; } = TimeSpan.FromHours(1);
}
