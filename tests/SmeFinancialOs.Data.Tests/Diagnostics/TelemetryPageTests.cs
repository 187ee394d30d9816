using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using SmeFinancialOs.Data.Diagnostics;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Diagnostics;

/// <summary>docs/telemetry.md and the code say the same, and what happens is what they say.</summary>
[Collection(nameof(SequentialTestGroup))]
public sealed class TelemetryPageTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    [Fact]
    public async Task Everything_that_is_reported_is_on_the_page_and_the_other_way_round()
    {
        var time = new ManualTime();
        await using var recorder = new TelemetryRecorder(fixture,
            options => (options.LongTransactionThreshold, options.TimeProvider) = (TimeSpan.FromSeconds(1), time));
        await AllTelemetryEvents.RunAsync(fixture, recorder.Factory);
        await using (var owner = await fixture.OpenAsSuperuserAsync())
            await owner.RunAsync("SET ROLE app_owner; SELECT app.create_resolver('slug', 'public.organizations', '{slug}', 'id')");
        (await recorder.Factory.ResolveTenantAsync("slug", "none", TestContext.Current.CancellationToken)).Should().BeNull();
        await using (var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA))
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await work.CommitAsync();
        }

        var spans = recorder.Spans();
        spans.Select(span => span.OperationName).Distinct().Should().BeEquivalentTo(TelemetryPage.Spans);
        spans.SelectMany(span => span.TagObjects).Select(tag => tag.Key).Distinct()
            .Should().BeEquivalentTo(TelemetryPage.Tags.Where(tag => tag.On.Contains("spans")).Select(tag => tag.Name));
        spans.Select(span => span.GetTagItem("smefinancialos.outcome")).Distinct().Should().BeEquivalentTo(TelemetryPage.Outcomes);

        var measurements = recorder.Measurements();
        measurements.Select(measured => measured.Instrument).Distinct()
            .Should().BeEquivalentTo(TelemetryPage.Instruments.Select(instrument => instrument.Name));
        measurements.SelectMany(measured => measured.Tags.Keys).Distinct().Should().BeEquivalentTo(
            TelemetryPage.Tags.Where(tag => tag.On.Contains("measurements") || tag.On.Contains("refusals")).Select(tag => tag.Name));

        // Those take a login or a connection string that is unsafe, or a host that forgets: see LogTests, LoginSettingTests, ValueSecretTests,
        // LeakedConnectionTests and StreamIdleTests.
        recorder.Logs().Select(log => (log.EventId.Id, log.EventId.Name!, log.LogLevel.ToString(), log.CategoryName!)).Distinct()
            .Should().BeEquivalentTo(
                TelemetryPage.Events.Where(entry =>
                    entry.Name is not ("LoginRefused" or "LoginSettingsFound" or "SecretsExposed" or "LeakedConnectionReturned" or "ConnectionLeaked"
                        or "StreamIdle")));
    }

    [Fact]
    public void Names_in_the_code_are_those_on_the_page()
    {
        Constants(typeof(OperationName)).Should().BeEquivalentTo(TelemetryPage.Spans);
        Constants(typeof(TagName)).Should().BeEquivalentTo(TelemetryPage.Tags.Select(tag => tag.Name));
        Constants(typeof(OutcomeName)).Should().BeEquivalentTo(TelemetryPage.Outcomes);
        Published().Select(instrument => (instrument.Name, instrument.GetType().Name.Split('`')[0].ToLowerInvariant(), instrument.Unit!))
            .Should().BeEquivalentTo(TelemetryPage.Instruments);
        typeof(Log).GetMethods().Select(method => (method.Name, Event: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(method => method.Event is not null)
            .Select(method => (method.Event!.EventId, method.Name, method.Event.Level.ToString()))
            .Should().BeEquivalentTo(TelemetryPage.Events.Select(entry => (entry.Id, entry.Name, entry.Level)));
        TelemetryPage.Events.Select(entry => entry.Id).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Registration_compiles_and_listens()
    {
        var services = new ServiceCollection();
        Register(services);
        // Without an exporter OpenTelemetry does not listen to a meter.
        services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddInMemoryExporter(new List<MetricSnapshot>()));
        using var provider = services.BuildServiceProvider();
        provider.GetService<TracerProvider>().Should().NotBeNull();
        provider.GetService<MeterProvider>().Should().NotBeNull();
        Instruments.Source.HasListeners().Should().BeTrue();
        Instruments.CountsTransactions.Should().BeTrue();
    }

    private static void Register(IServiceCollection services)
    {
        // <snippet>
        services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource(TenantDiagnostics.ActivitySourceName, "Npgsql"))
            .WithMetrics(metrics => metrics.AddMeter(TenantDiagnostics.MeterName, "Npgsql"));
        // </snippet>
    }

    private static IEnumerable<string> Constants(Type type) =>
        type.GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);

    private static List<Instrument> Published()
    {
        var published = new List<Instrument>();
        _ = Instruments.CountsTransactions;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == TenantDiagnostics.MeterName)
                    published.Add(instrument);
            },
        };
        listener.Start();
        return published;
    }
}
