using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Npgsql;

namespace SmeFinancialOs.Data.Testing.Tests;

public sealed class PostgresServerTests
{
    [Fact]
    public async Task Connection_string_is_of_a_superuser_of_the_database_postgres()
    {
        var server = await PostgresServer.GetSharedAsync(TestContext.Current.CancellationToken);

        (await server.ConnectionString.ReadScalarAsync<string>("SHOW is_superuser")).Should().Be("on");
        (await server.ConnectionString.ReadScalarAsync<string>("SELECT current_database()")).Should().Be("postgres");
    }

    [Fact]
    public async Task Description_names_kind_version_and_address_but_not_the_password()
    {
        var server = await PostgresServer.GetSharedAsync(TestContext.Current.CancellationToken);
        var address = new NpgsqlConnectionStringBuilder(server.ConnectionString);

        server.Description.Should().Be($"{server.Kind}: PostgreSQL {server.ServerVersion} at {address.Host}:{address.Port}");
        (await server.ConnectionString.ReadScalarAsync<string>("SHOW server_version")).Should().StartWith(server.ServerVersion.ToString());
        server.Description.Should().NotContain(address.Password);
    }

    [Fact]
    public async Task Shared_server_is_one_for_all_callers_at_once()
    {
        var servers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => PostgresServer.GetSharedAsync())));

        servers.Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task Failed_start_of_the_shared_server_is_tried_again()
    {
        await using var child = ChildProcess.Start(
            "fail-then-share", new Dictionary<string, string?> { ["SME_DATA_POSTGRES"] = TestEnvironment.AnyThrowawayWay });

        var (exitCode, output) = await child.WaitAsync();

        exitCode.Should().Be(0, await child.Error);
        output.Trim().Should().Be(TestEnvironment.AnyThrowawayKind.ToString());
    }

    [Fact]
    public async Task Two_servers_side_by_side_are_two()
    {
        var options = new PostgresServerOptions { Kind = TestEnvironment.AnyThrowawayKind };
        await using var one = await PostgresServer.StartAsync(options, TestContext.Current.CancellationToken);
        await using var other = await PostgresServer.StartAsync(options, TestContext.Current.CancellationToken);

        await one.ConnectionString.ExecuteAsync("CREATE ROLE only_here");

        (await other.ConnectionString.ReadScalarAsync<bool>("SELECT to_regrole('only_here') IS NULL")).Should().BeTrue();
        one.ConnectionString.Should().NotBe(other.ConnectionString);
    }

    /// <summary>A container's port too: by default an engine opens it to the whole network.</summary>
    [Fact]
    public async Task Server_that_was_started_here_is_reached_from_this_machine_alone()
    {
        var server = await PostgresServer.GetSharedAsync(TestContext.Current.CancellationToken);
        if (server.Kind == PostgresServerKind.ConnectionString)
            return; // whoever runs it decides

        var port = server.ConnectionString.Port();
        foreach (var address in OwnAddresses().Where(address => !IPAddress.IsLoopback(address)))
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await FluentActions.Awaiting(() => socket.ConnectAsync(address, port)).Should().ThrowAsync<SocketException>($"{address} is open to others");
        }
    }

    [Fact]
    public async Task Throwaway_server_listens_on_loopback_alone_and_asks_for_a_password()
    {
        await using var server = await PostgresServer.StartAsync(new() { Kind = TestEnvironment.AnyThrowawayKind }, TestContext.Current.CancellationToken);

        (await server.ConnectionString.ReadScalarAsync<string>("SHOW listen_addresses")).Should().Be("127.0.0.1");
        (await server.ConnectionString.ReadScalarAsync<string>("SHOW unix_socket_directories")).Should().BeEmpty();
        (await server.ConnectionString.ReadScalarAsync<string>("SELECT string_agg(DISTINCT auth_method, ' ') FROM pg_hba_file_rules"))
            .Should().Be("scram-sha-256");
    }

    [Fact]
    public async Task Setting_of_the_host_replaces_the_default()
    {
        var settings = new Dictionary<string, string> { ["fsync"] = "on", ["application_name"] = "it's; $HOME" };
        await using var server = await PostgresServer.StartAsync(
            new() { Kind = TestEnvironment.AnyThrowawayKind, Settings = settings }, TestContext.Current.CancellationToken);

        (await server.ConnectionString.ReadScalarAsync<string>("SHOW fsync")).Should().Be("on");
        (await server.ConnectionString.ReadScalarAsync<string>("SHOW synchronous_commit")).Should().Be("off");
        (await server.ConnectionString.ReadScalarAsync<string>("SHOW application_name")).Should().Be("it's; $HOME");
    }

    [Fact]
    public async Task Setting_that_the_server_does_not_know_is_an_error_with_its_log()
    {
        var settings = new Dictionary<string, string> { ["no_such_setting"] = "1" };

        await FluentActions.Invoking(() => PostgresServer.StartAsync(new() { Kind = TestEnvironment.AnyThrowawayKind, Settings = settings }))
            .Should().ThrowAsync<PostgresServerUnavailableException>().WithMessage("*unrecognized configuration parameter \"no_such_setting\"*");
    }

    [Theory]
    [InlineData("port")]
    [InlineData("Listen_Addresses")]
    public async Task Setting_that_the_server_is_found_by_is_refused(string setting) =>
        await FluentActions.Invoking(() => PostgresServer.StartAsync(new() { Settings = new Dictionary<string, string> { [setting] = "1" } }))
            .Should().ThrowAsync<ArgumentException>().WithMessage($"*{setting}*");

    private static IEnumerable<IPAddress> OwnAddresses() => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Select(unicast => unicast.Address)
        .Where(address => address.AddressFamily == AddressFamily.InterNetwork);
}
