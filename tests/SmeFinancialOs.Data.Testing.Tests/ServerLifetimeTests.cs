using System.Globalization;

namespace SmeFinancialOs.Data.Testing.Tests;

/// <summary>Nothing stays behind of a throwaway server, however the process that started it ends.</summary>
public sealed class ServerLifetimeTests
{
    public static TheoryData<string> Ways => TestEnvironment.ThrowawayWays;

    [Theory, MemberData(nameof(Ways))]
    public async Task Server_is_gone_after_its_process_was_killed(string way)
    {
        await using var child = ChildProcess.Start("wait", Environment(way));
        var server = await child.ReadServerAsync();
        TestEnvironment.IsRunning(server.Pid).Should().BeTrue();

        child.Signal("KILL");

        await ShouldBeGoneAsync(server);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task Server_is_gone_after_a_signal_to_the_whole_process_group(string signal)
    {
        await using var child = ChildProcess.Start("wait", Environment(TestEnvironment.AnyThrowawayWay));
        var server = await child.ReadServerAsync();

        child.SignalGroup(signal);

        await ShouldBeGoneAsync(server);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Server_is_gone_when_its_process_exits_without_disposing_it(string way)
    {
        await using var child = ChildProcess.Start("exit", Environment(way));
        var server = await child.ReadServerAsync();

        (await child.WaitAsync()).ExitCode.Should().Be(0);

        TestEnvironment.IsRunning(server.Pid).Should().BeFalse();
        Directory.Exists(Path.GetDirectoryName(server.Directory)).Should().BeFalse();
    }

    /// <summary>The other child would keep the pipe open if it had inherited it.</summary>
    [Fact]
    public async Task Server_is_gone_although_another_child_of_the_killed_process_lives_on()
    {
        await using var child = ChildProcess.Start("start-another-child-and-wait", Environment(TestEnvironment.AnyThrowawayWay));
        var server = await child.ReadServerAsync();
        await child.ReadLineAsync(); // which server it is
        var sleeper = int.Parse(await child.ReadLineAsync(), CultureInfo.InvariantCulture);

        child.Signal("KILL");

        await ShouldBeGoneAsync(server);
        TestEnvironment.IsRunning(sleeper).Should().BeTrue();
        child.SignalGroup("KILL");
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Nothing_stays_behind_when_the_process_is_killed_while_the_server_starts(string way)
    {
        using var temporary = new TemporaryFolder(writableByAll: true);
        var environment = Environment(way);
        environment["TMPDIR"] = temporary.Path;
        await using var child = ChildProcess.Start("wait", environment);
        (await TestEnvironment.EventuallyAsync(() => temporary.Entries.Any(IsServerDirectory))).Should().BeTrue();

        child.Signal("KILL");

        (await TestEnvironment.EventuallyAsync(() => !temporary.Entries.Any(IsServerDirectory))).Should().BeTrue();
    }

    [Fact]
    public async Task Nothing_stays_behind_of_a_start_that_was_cancelled()
    {
        using var temporary = new TemporaryFolder(writableByAll: true);
        var environment = Environment(TestEnvironment.AnyThrowawayWay);
        environment["TMPDIR"] = temporary.Path;
        await using var child = ChildProcess.Start("cancel-start", environment);

        (await child.ReadLineAsync()).Should().Be("cancelled");

        temporary.Entries.Where(IsServerDirectory).Should().BeEmpty();
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Disposed_server_is_gone_at_once(string way)
    {
        var kind = way == "local" ? PostgresServerKind.LocalBinaries : PostgresServerKind.Embedded;
        var server = await PostgresServer.StartAsync(new() { Kind = kind }, TestContext.Current.CancellationToken);
        var directory = await server.ConnectionString.ReadScalarAsync<string>("SHOW data_directory");
        var database = await server.CreateTenantDatabaseAsync(cancellationToken: TestContext.Current.CancellationToken);

        await server.DisposeAsync();
        await server.DisposeAsync();

        Directory.Exists(Path.GetDirectoryName(directory)).Should().BeFalse();
        await database.DisposeAsync();
        await server.Invoking(disposed => disposed.CreateTenantDatabaseAsync(cancellationToken: TestContext.Current.CancellationToken))
            .Should().ThrowAsync<ObjectDisposedException>();
    }

    private static Dictionary<string, string?> Environment(string way) => new() { ["SME_DATA_POSTGRES"] = way };

    private static bool IsServerDirectory(string path) => Path.GetFileName(path).StartsWith("sme-data-postgres-", StringComparison.Ordinal);

    private static async Task ShouldBeGoneAsync((int Pid, string Directory) server)
    {
        (await TestEnvironment.EventuallyAsync(() => !TestEnvironment.IsRunning(server.Pid))).Should().BeTrue();
        (await TestEnvironment.EventuallyAsync(() => !Directory.Exists(Path.GetDirectoryName(server.Directory)))).Should().BeTrue();
    }
}
