using System.Globalization;
using SmeFinancialOs.Data.Torture.Tests.Load;

namespace SmeFinancialOs.Data.Torture.Tests.Failover;

/// <summary>The primary is killed under load and its standby promoted. Longer: SME_DATA_TORTURE_SECONDS.</summary>
public sealed class FailoverTests
{
    [Fact]
    public async Task No_acknowledged_commit_is_lost_with_a_synchronous_standby()
    {
        await using var cluster = await Cluster.StartAsync(isSynchronous: true);
        var (report, text) = await FailOverAsync(cluster, "synchronous", new TortureSettings().Duration);

        report.Findings.Should().BeEmpty(text);
        report.StandbyReads.Should().BePositive(text);
        report.PrimaryReadsBefore.Should().Be(0, text);
        report.Retries.Should().BePositive(text);
        report.HasResumed.Should().BeTrue(text);
    }

    [Fact]
    public async Task Lost_commit_of_an_asynchronous_standby_is_found()
    {
        await using var cluster = await Cluster.StartAsync(isSynchronous: false);
        var (report, text) = await FailOverAsync(cluster, "asynchronous", TimeSpan.FromSeconds(4), cluster.DisconnectStandbyAsync);

        report.Lost.Should().BePositive(text);
        report.HasResumed.Should().BeTrue(text);
    }

    private static async Task<(Report Report, string Text)> FailOverAsync(Cluster cluster, string name, TimeSpan duration, Func<Task>? before = null)
    {
        var (ledger, report) = (new Ledger(), new Report());
        await new Clients(cluster, ledger, report).RunAsync(async () =>
        {
            await Task.Delay(duration / 4);
            if (before is not null)
                await before();
            await Task.Delay(duration / 4);
            await cluster.KillPrimaryAsync();
            report.Killed();
            await cluster.PromoteAsync();
            report.Promoted();
            await Task.Delay(duration / 2);
        });
        await using (var server = await cluster.OpenNewPrimaryAsync())
            await ledger.CheckAsync(server, report);

        var text = report.Text(string.Create(CultureInfo.InvariantCulture, $"Failover to a standby that is {name}, PostgreSQL {cluster.Version}"), ledger);
        TestContext.Current.SendDiagnosticMessage(text);
        Directory.CreateDirectory("TestResults");
        await File.WriteAllTextAsync($"TestResults/failover-{name}-{cluster.Version.Major}.txt", text, CancellationToken.None);
        return (report, text);
    }
}
