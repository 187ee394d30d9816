using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace SmeFinancialOs.Data.Diagnostics;

/// <summary>The source of spans and the instruments, one of each in a process.</summary>
/// <seealso href="https://opentelemetry.io/docs/specs/semconv/general/metrics/">Naming and units of metrics</seealso>
internal static class Instruments
{
    private static readonly string? Version = typeof(Instruments).Assembly.GetName().Version?.ToString(3);
    private static readonly Meter Meter = new(TenantDiagnostics.MeterName, Version);

    public static ActivitySource Source { get; } = new(TenantDiagnostics.ActivitySourceName, Version);

    public static Counter<long> Opened { get; } =
        Meter.CreateCounter<long>("smefinancialos.data.transaction.opened", "{transaction}", "Transactions opened, of units of work and of session calls.");

    public static Counter<long> Committed { get; } =
        Meter.CreateCounter<long>("smefinancialos.data.transaction.committed", "{transaction}", "Transactions committed.");

    public static Counter<long> RolledBack { get; } =
        Meter.CreateCounter<long>("smefinancialos.data.transaction.rolled_back", "{transaction}", "Transactions of which nothing remains.");

    /// <summary>The boundaries are those of <c>db.client.operation.duration</c>, and two for transactions that are held through something slow.</summary>
    public static Histogram<double> Duration { get; } = Meter.CreateHistogram(
        "smefinancialos.data.transaction.duration",
        "s",
        "How long a transaction was held.",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60] });

    public static Counter<long> Denied { get; } =
        Meter.CreateCounter<long>("smefinancialos.data.access.denied", "{refusal}", "Statements the database refused to a tenant or an admin.");

    public static Counter<long> DemoRefused { get; } =
        Meter.CreateCounter<long>("smefinancialos.data.demo.refused", "{refusal}", "Statements the database refused to the demo.");

    public static Counter<long> AdminOpened { get; } =
        Meter.CreateCounter<long>("smefinancialos.data.admin.opened", "{opening}", "Admin contexts opened, each with an entry in the access log.");

    /// <summary>Whether anyone counts transactions.</summary>
    public static bool CountsTransactions => Duration.Enabled || Opened.Enabled || Committed.Enabled || RolledBack.Enabled;
}
