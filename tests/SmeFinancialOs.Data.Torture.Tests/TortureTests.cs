using System.Globalization;
using SmeFinancialOs.Data.Torture.Tests.Load;
using SmeFinancialOs.Data.Torture.Tests.Servers;

namespace SmeFinancialOs.Data.Torture.Tests;

/// <summary>Zero foreign rows, zero lost commits, whatever happens. Ten minutes of it: SME_DATA_TORTURE_SECONDS=600.</summary>
public sealed class TortureTests
{
    public enum Route
    {
        /// <summary>Prepared statements, connections reset by this library.</summary>
        Prepared,

        /// <summary>Neither.</summary>
        Unprepared,

        /// <summary>Through PgBouncer in transaction mode.</summary>
        PgBouncer,
    }

    [Theory]
    [InlineData(Route.Prepared)]
    [InlineData(Route.Unprepared)]
    [InlineData(Route.PgBouncer)]
    public async Task Nothing_leaks_and_nothing_is_lost(Route route)
    {
        if (route == Route.PgBouncer && !PgBouncer.IsInstalled)
            Assert.Skip("PgBouncer is not installed: apt-get install pgbouncer.");
        var settings = new TortureSettings { ThroughPgBouncer = route == Route.PgBouncer, Prepares = route == Route.Prepared };
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
