using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Diagnostics;

/// <summary>
/// A host that listens to everything, with a factory of its own and a request in progress. What it has heard can be read once it has stopped.
/// </summary>
internal sealed class TelemetryRecorder : IAsyncDisposable
{
    private static readonly ActivitySource Host = new("SmeFinancialOs.Data.Tests.Host");

    private readonly List<Activity> _spans = [];
    private readonly List<MetricSnapshot> _metrics = [];
    private readonly List<LogRecord> _logs = [];
    private readonly TracerProvider _tracing;
    private readonly MeterProvider _metering;
    private readonly ILoggerFactory _logging;
    private readonly NpgsqlDataSource _tenants;
    private readonly NpgsqlDataSource _admins;
    private readonly string _database;

    public TelemetryRecorder(TenantDatabaseFixture fixture, Action<TenantConnectionOptions>? configure = null, string? connectionString = null)
    {
        _tracing = Sdk.CreateTracerProviderBuilder().AddSource(TenantDiagnostics.ActivitySourceName, "Npgsql", Host.Name).AddInMemoryExporter(_spans).Build();
        _metering = Sdk.CreateMeterProviderBuilder().AddMeter(TenantDiagnostics.MeterName).AddInMemoryExporter(_metrics).Build();
        _logging = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.AddInMemoryExporter(_logs);
        }));
        _tenants = new NpgsqlDataSourceBuilder(connectionString ?? fixture.Database.AppConnectionString).UseTenantDefaults().Build();
        _admins = new NpgsqlDataSourceBuilder(fixture.Database.AdminConnectionString).UseTenantDefaults().Build();
        _database = _tenants.ConnectionString.DatabaseName();
        var options = new TenantConnectionOptions { AdminDataSource = _admins, LoggerFactory = _logging };
        configure?.Invoke(options);
        Factory = new TenantConnectionFactory(_tenants, options);
        Request = StartHostSpan("request");
    }

    public TenantConnectionFactory Factory { get; }

    /// <summary>What the host is doing.</summary>
    public Activity Request { get; }

    /// <summary>Log events so far, by event name.</summary>
    public IEnumerable<string?> EventsSoFar => _logs.Select(log => log.EventId.Name);

    public static Activity StartHostSpan(string name) => Host.StartActivity(name) ?? throw new InvalidOperationException("Nobody listens to the host.");

    /// <summary>Everything this request led to, in the order it ended.</summary>
    public IReadOnlyList<Activity> AllSpans()
    {
        Request.Dispose();
        _tracing.Dispose();
        return [.. _spans.Where(span => span.TraceId == Request.TraceId && span != Request)];
    }

    /// <summary>Our own spans of it.</summary>
    public IReadOnlyList<Activity> Spans() => [.. AllSpans().Where(span => span.Source.Name == TenantDiagnostics.ActivitySourceName)];

    /// <summary>Measurements of this database: instrument, value (of a histogram the count) and tags.</summary>
    public IReadOnlyList<(string Instrument, long Value, IReadOnlyDictionary<string, object?> Tags)> Measurements()
    {
        _metering.ForceFlush();
        var measurements = new List<(string, long, IReadOnlyDictionary<string, object?>)>();
        foreach (var metric in _metrics)
        {
            foreach (var point in metric.MetricPoints)
            {
                var tags = new Dictionary<string, object?>();
                foreach (var tag in point.Tags)
                    tags.Add(tag.Key, tag.Value);
                if (Equals(tags["db.namespace"], _database))
                    measurements.Add((metric.Name, metric.MetricType == MetricType.Histogram ? point.GetHistogramCount() : point.GetSumLong(), tags));
            }
        }

        return measurements;
    }

    public IReadOnlyList<LogRecord> Logs()
    {
        _logging.Dispose();
        return _logs;
    }

    public async ValueTask DisposeAsync()
    {
        Request.Dispose();
        _tracing.Dispose();
        _metering.Dispose();
        _logging.Dispose();
        await _tenants.DisposeAsync();
        await _admins.DisposeAsync();
    }
}
