using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace SmeFinancialOs.Data.Tests.Secrets;

/// <summary>A host that hears all there is: every log level, spans and measurements of this library and of the driver. It keeps them as text.</summary>
internal sealed class TelemetryCapture : IAsyncDisposable
{
    private readonly List<LogRecord> _logs = [];
    private readonly List<Activity> _spans = [];
    private readonly List<MetricSnapshot> _metrics = [];
    private readonly TracerProvider _tracing;
    private readonly MeterProvider _metering;
    private readonly ServiceProvider _services;

    public TelemetryCapture(string connectionString, string? adminConnectionString = null)
        : this(services => services.AddTenantData(connectionString, options => options.AdminConnectionString = adminConnectionString))
    {
    }

    public TelemetryCapture(Action<IServiceCollection> register)
    {
        _tracing = Sdk.CreateTracerProviderBuilder().AddSource(TenantDiagnostics.ActivitySourceName, "Npgsql").AddInMemoryExporter(_spans).Build();
        _metering = Sdk.CreateMeterProviderBuilder().AddMeter(TenantDiagnostics.MeterName, "Npgsql").AddInMemoryExporter(_metrics).Build();
        var services = new ServiceCollection().AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddOpenTelemetry(options =>
        {
            (options.IncludeFormattedMessage, options.IncludeScopes, options.ParseStateValues) = (true, true, true);
            options.AddInMemoryExporter(_logs);
        }));
        register(services);
        _services = services.BuildServiceProvider();
    }

    public TenantConnectionFactory Factory => _services.GetRequiredService<TenantConnectionFactory>();

    /// <summary>All that was heard, an entry for each log event, span and measurement: who said it, and every text in it. Ends the listening.</summary>
    public async Task<IReadOnlyList<(string Source, string Text)>> HeardAsync()
    {
        await _services.DisposeAsync();
        _tracing.Dispose();
        _metering.ForceFlush();
        return
        [
            .. _logs.Select(log => ("log " + log.CategoryName,
                $"{log.LogLevel} {log.FormattedMessage} {Text(log.Attributes)} {(log.Exception is { } fault ? Marked.TextOf(fault) : "")}")),
            .. _spans.Select(span => ("span " + span.Source.Name,
                $"{span.DisplayName} {span.StatusDescription} {Text(span.TagObjects)} {string.Join(' ', span.Events.Select(e => e.Name + " " + Text(e.Tags)))} "
                + $"{Text(span.Baggage)}")),
            .. _metrics.SelectMany(metric => Points(metric).Select(tags => ("metric " + metric.MeterName, $"{metric.Name} {tags}"))),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _tracing.Dispose();
        _metering.Dispose();
    }

    private static string Text<T>(IEnumerable<KeyValuePair<string, T>>? pairs) =>
        string.Join(' ', pairs?.Select(pair => $"{pair.Key}={(pair.Value is string[] several ? string.Join(',', several) : pair.Value)}") ?? []);

    private static IEnumerable<string> Points(MetricSnapshot metric)
    {
        foreach (var point in metric.MetricPoints)
        {
            var tags = new List<KeyValuePair<string, object?>>();
            foreach (var tag in point.Tags)
                tags.Add(tag);
            yield return Text(tags);
        }
    }
}
