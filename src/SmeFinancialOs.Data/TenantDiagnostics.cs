namespace SmeFinancialOs.Data;

/// <summary>
/// Under which names this library reports what it does; <c>docs/telemetry.md</c> lists every span, instrument and log event. It reports through
/// System.Diagnostics and Microsoft.Extensions.Logging, and nothing while nobody listens.
/// </summary>
public static class TenantDiagnostics
{
    /// <summary>The name of the <see cref="System.Diagnostics.ActivitySource"/>, for <c>AddSource</c> of OpenTelemetry.</summary>
    public const string ActivitySourceName = "SmeFinancialOs.Data";

    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/>, for <c>AddMeter</c> of OpenTelemetry.</summary>
    public const string MeterName = "SmeFinancialOs.Data";
}
