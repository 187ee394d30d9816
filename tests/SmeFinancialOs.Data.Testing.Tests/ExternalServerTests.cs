namespace SmeFinancialOs.Data.Testing.Tests;

/// <summary>A server that somebody else runs, here one that the test starts for it.</summary>
public sealed class ExternalServerTests : IAsyncLifetime
{
    private const string OurDatabases = "SELECT count(*) FROM pg_database WHERE datname LIKE 'sme%'";

    private PostgresServer _host = null!;

    private PostgresServerOptions Options => new() { Kind = PostgresServerKind.ConnectionString, ConnectionString = _host.ConnectionString };

    public async ValueTask InitializeAsync() => _host = await PostgresServer.StartAsync(new() { Kind = TestEnvironment.AnyThrowawayKind });

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Server_lives_on_and_the_databases_are_dropped_when_the_object_is_disposed()
    {
        var server = await PostgresServer.StartAsync(Options, TestContext.Current.CancellationToken);
        server.Kind.Should().Be(PostgresServerKind.ConnectionString);
        var database = await server.CreateTenantDatabaseAsync(cancellationToken: TestContext.Current.CancellationToken);
        await server.CreateEmptyDatabaseAsync(TestContext.Current.CancellationToken);
        (await database.AppConnectionString.ReadScalarAsync<string>("SELECT session_user::text")).Should().Be("app_user");
        (await _host.ConnectionString.ReadScalarAsync<long>(OurDatabases)).Should().Be(3, "there is a template too");

        await server.DisposeAsync();
        await database.DisposeAsync();

        (await _host.ConnectionString.ReadScalarAsync<long>(OurDatabases)).Should().Be(0);
    }

    [Fact]
    public async Task Databases_are_dropped_when_the_process_exits()
    {
        await using var child = ChildProcess.Start("create-databases-and-exit", new Dictionary<string, string?>
        {
            ["SME_DATA_POSTGRES_CONNECTION_STRING"] = _host.ConnectionString,
        });

        (await child.WaitAsync()).ExitCode.Should().Be(0, await child.Error);

        (await _host.ConnectionString.ReadScalarAsync<long>(OurDatabases)).Should().Be(0);
    }

    [Fact]
    public async Task Processes_that_share_a_server_can_set_it_up_at_once_and_agree_on_the_passwords()
    {
        var servers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PostgresServer.StartAsync(Options, TestContext.Current.CancellationToken)));

        var databases =
            await Task.WhenAll(servers.Select(server => server.CreateTenantDatabaseAsync(cancellationToken: TestContext.Current.CancellationToken)));

        foreach (var database in databases)
        {
            (await database.AppConnectionString.ReadScalarAsync<string>("SELECT current_database()")).Should().Be(database.Name);
            (await database.AdminConnectionString.ReadScalarAsync<string>("SELECT current_database()")).Should().Be(database.Name);
        }

        foreach (var server in servers)
            await server.DisposeAsync();
    }

    [Fact]
    public async Task Login_that_is_no_superuser_is_refused()
    {
        await _host.ConnectionString.ExecuteAsync("CREATE ROLE somebody LOGIN CREATEDB CREATEROLE PASSWORD 'somebody'");
        var login = _host.ConnectionString.WithLogin("somebody", "somebody");
        var options = new PostgresServerOptions { Kind = PostgresServerKind.ConnectionString, ConnectionString = login };

        await FluentActions.Invoking(() => PostgresServer.StartAsync(options))
            .Should().ThrowAsync<PostgresServerUnavailableException>().WithMessage("*the login somebody is not a superuser*");
    }
}
