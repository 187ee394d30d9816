using SmeFinancialOs.Data.Benchmarks.Measuring;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Sealing;

/// <summary>What does it cost that the database believes a tenant context only if a host has signed it?</summary>
internal sealed class SealingQuestion : IQuestion
{
    private static readonly Comparison One = Ask(nameof(SealingBenchmarks.One), "one row by its id", calls: 100);
    private static readonly Comparison Newest = Ask(nameof(SealingBenchmarks.Newest), "newest 50 invoices", calls: 100);
    private static readonly Comparison Far = Ask(
        nameof(SealingBenchmarks.NewestOverNetwork), $"newest 50, {Figures.Duration(SealingDatabases.RoundTripTime.TotalNanoseconds)} of network", calls: 50);
    private static readonly Comparison Totals = Ask(nameof(SealingBenchmarks.Totals), "count and sum by status", calls: 8);
    private static readonly Comparison Insert = Ask(nameof(SealingBenchmarks.Insert), "INSERT one row", calls: 100);
    private static readonly Comparison Work = Ask(nameof(SealingBenchmarks.UnitOfWork),
        $"unit of work, INSERT and {SealingDatabase.ReadsOfWork} times the newest 50", calls: 30);

    public string Name => "sealing";

    public string Summary => "what does a sealed tenant context cost?";

    public async Task<Report> RunAsync()
    {
        await SealingBenchmarks.Databases.GetAsync();
        Comparison[] comparisons = [One, Newest, Far, Totals, Insert, Work];
        var scale = Suite.Scale.IsMeasurement ? Suite.Scale : Suite.Scale with { MinRounds = 1, MaxRounds = 1 };
        var measurements = await new Rounds(scale, Suite.Progress).RunAsync(comparisons, Suite.StoppingToken);

        var report = new Report(Name, "What a sealed tenant context costs")
        {
            Facts = await RunFacts.CollectAsync(
                await Suite.Server.GetAsync(),
                $"Connections: {BenchmarkPools.Description}",
                $"Rows: {Figures.Count(Suite.Scale.Invoices)} invoices of {SealingDatabase.Organizations} organizations of the same size, "
                + "the same in both databases",
                $"Calls: {measurements.Rounds} rounds of "
                + $"{string.Join("; ", comparisons.Select(comparison => $"{comparison.Yardstick.Calls} {comparison.Title}"))}"),
        };
        return report
            .Add(new ComparisonTable(measurements).Of(comparisons))
            .Add(Target.Table([ReadTarget(Newest, measurements), ReadTarget(Far, measurements)]), "Targets")
            .Note(
                "plain: the database believes the setting app.current_org_id. sealed: it believes a token that the host has signed and that each statement "
                + "verifies anew, for each table it reads or writes.",
                "Both sides are this library's session or unit of work, on two databases with the same rows. "
                + "Both gave the same rows before anything was timed.",
                "The price is a fixed one for each statement: a look at the table of keys and the two SHA-256 of one HMAC, in PostgreSQL's own sha256(). "
                + "What takes longer by itself, and every microsecond of network, pays the same, not more.",
                "A host signs once for an organization on a connection, and uses the token again for half of its lifetime: calls on other connections, "
                + "and of other organizations, pay for one more HMAC now and then.")
            .Note(ComparisonTable.Legend);
    }

    private static Target ReadTarget(Comparison read, Measurements measurements)
    {
        var (plain, sealedOne) = (read.Cases[0], read.Cases[1]);
        return new($"session sealed / plain, {read.Title}", AtMost: 1.08, measurements.Ratio(sealedOne, plain), measurements.RatiosOfRounds(sealedOne, plain));
    }

    private static Comparison Ask(string method, string title, int calls) => new(
        title,
        [
            Case.Of<SealingBenchmarks>(method, "plain", calls, (nameof(SealingBenchmarks.Sealed), false)),
            Case.Of<SealingBenchmarks>(method, "sealed", calls, (nameof(SealingBenchmarks.Sealed), true)),
        ]);
}
