using System.Globalization;
using SmeFinancialOs.Data.Torture.Tests.Load;
using SmeFinancialOs.Data.Torture.Tests.Servers;

namespace SmeFinancialOs.Data.Torture.Tests;

/// <summary>Zero foreign rows, zero lost commits, whatever happens. Ten minutes of it: SME_DATA_TORTURE_SECONDS=600.</summary>
public sealed class TortureTests
{
    [Fact]
    public Task Nothing_leaks_and_nothing_is_lost_with_prepared_statements() => RunAsync("prepared", new TortureSettings { Prepares = true });

    [Fact]
    public Task Nothing_leaks_and_nothing_is_lost_without_prepared_statements() => RunAsync("unprepared", new TortureSettings());

    [Fact]
    public Task Nothing_leaks_and_nothing_is_lost_through_PgBouncer()
    {
        if (!PgBouncer.IsInstalled)
            Assert.Skip("PgBouncer is not installed: apt-get install pgbouncer.");
        return RunAsync("pgbouncer", new TortureSettings { ThroughPgBouncer = true });
    }

    private static async Task RunAsync(string route, TortureSettings settings)
    {
        await using var run = await TortureRun.PrepareAsync(settings);

        await run.RunAsync();

        var report = run.Report.Text(string.Create(CultureInfo.InvariantCulture, $"{route}, seed {settings.Seed}"), run.Ledger);
        TestContext.Current.SendDiagnosticMessage(report);
        Directory.CreateDirectory("TestResults");
        await File.WriteAllTextAsync($"TestResults/torture-{route}.txt", report, CancellationToken.None);
        run.Report.Findings.Should().BeEmpty(report);
        settings.Missing(run.Report).Should().BeEmpty(report);
    }
}
