using System.Diagnostics.Metrics;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Diagnostics;

[Collection(nameof(SequentialTestGroup))]
public sealed class MetricTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Transactions = "smefinancialos.data.transaction.";

    [Fact]
    public async Task Transactions_are_counted_by_how_they_end()
    {
        await using var recorder = new TelemetryRecorder(fixture);
        var session = recorder.Factory.CreateSession(fixture.ContextA);
        await session.ExecuteAsync("SELECT 1");
        await session.ExecuteAsync("SELECT 1");
        await session.Invoking(s => s.ExecuteAsync("SELECT 1 / 0")).Should().ThrowAsync<InvalidValueException>();
        await using (var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA))
        {
            await work.ExecuteAsync("SELECT 1");
            await work.CommitAsync();
        }

        await using (var dropped = recorder.Factory.BeginTransaction(fixture.ContextA))
            await dropped.ExecuteAsync("SELECT 1");

        var measured = recorder.Measurements();
        Values("opened").Should().BeEquivalentTo([("tenant.execute", "", 3L), ("tenant.unit_of_work", "", 2L)]);
        Values("committed").Should().BeEquivalentTo([("tenant.execute", "committed", 2L), ("tenant.unit_of_work", "committed", 1L)]);
        Values("rolled_back").Should().BeEquivalentTo([("tenant.execute", "failed", 1L), ("tenant.unit_of_work", "rolled_back", 1L)]);
        Values("duration").Should().BeEquivalentTo(
            [("tenant.execute", "committed", 2L), ("tenant.execute", "failed", 1L), ("tenant.unit_of_work", "committed", 1L),
                ("tenant.unit_of_work", "rolled_back", 1L)]);

        IEnumerable<(string, string, long)> Values(string instrument) => measured.Where(point => point.Instrument == Transactions + instrument)
            .Select(point => ((string)point.Tags["smefinancialos.operation"]!,
                (string?)point.Tags.GetValueOrDefault("smefinancialos.outcome") ?? "", point.Value));
    }

    [Fact]
    public async Task Refusals_and_admin_openings_are_counted()
    {
        await using var recorder = new TelemetryRecorder(fixture);
        var a = recorder.Factory.CreateSession(fixture.ContextA);
        await a.Invoking(s => s.ExecuteAsync(Seed.Insert(Seed.B))).Should().ThrowAsync<TenantAccessDeniedException>();
        var reader = recorder.Factory.CreateSession(fixture.ContextA.AsReadOnly());
        await reader.Invoking(s => s.ExecuteAsync("DELETE FROM invoices")).Should().ThrowAsync<TenantAccessDeniedException>();
        await using (var demo = await recorder.Factory.OpenConnectionAsync(TenantContext.Demo))
            await demo.Invoking(w => w.ExecuteAsync("DELETE FROM invoices")).Should().ThrowAsync<DemoReadOnlyException>();
        var admin = recorder.Factory.CreateSession(TenantContext.ForAdmin("ada", "a test"));
        await admin.ExecuteAsync("SELECT 1");
        await admin.ExecuteAsync("SELECT 1");

        recorder.Measurements().Where(point => !point.Instrument.StartsWith(Transactions, StringComparison.Ordinal))
            .Select(point => (point.Instrument, point.Value, point.Tags["smefinancialos.access"], point.Tags["smefinancialos.read_only"],
                point.Tags.GetValueOrDefault("db.response.status_code")))
            .Should().BeEquivalentTo<(string, long, object?, object?, object?)>(
            [
                ("smefinancialos.data.access.denied", 1, "tenant", false, "42501"),
                ("smefinancialos.data.access.denied", 1, "tenant", true, "25006"),
                ("smefinancialos.data.demo.refused", 1, "demo", true, "25006"),
                ("smefinancialos.data.admin.opened", 1, "admin", true, null),
            ]);
    }

    [Fact]
    public async Task No_measurement_tells_the_tenant()
    {
        var seen = new List<string?>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == TenantDiagnostics.MeterName)
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => Keep(tags));
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Keep(tags));
        listener.Start();
        await AllTelemetryEvents.RunAsync(fixture, fixture.Factory);

        seen.Should().Contain("tenant").And.Contain("demo").And.Contain("admin")
            .And.NotContain(value => value != null && value.Contains(Seed.A, StringComparison.OrdinalIgnoreCase));

        void Keep(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var tag in tags)
                seen.Add(tag.Value?.ToString());
        }
    }
}
