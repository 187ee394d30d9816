using Npgsql;

namespace SmeFinancialOs.Data.Schema.Tests;

public sealed class ConnectionFailureTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("not a connection string")]
    [InlineData("Host=h;Port=abc")]
    [InlineData("Host=h;Colour=blue")]
    [InlineData("Database=x;Username=y")]
    public void Bad_connection_string_is_refused_at_once(string? connectionString) =>
        FluentActions.Invoking(() => new SchemaMigrator(connectionString!)).Should().Throw<ArgumentException>().WithParameterName(nameof(connectionString));

    [Fact]
    public void Malformed_connection_string_does_not_repeat_the_password() =>
        FluentActions.Invoking(() => new SchemaMigrator("Host=h;Password=hush;secret=tail"))
            .Should().Throw<ArgumentException>().Which.ToString().Should().NotContainAny("hush", "secret", "tail");

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("no-such-host.invalid")]
    public async Task Unreachable_server_is_named_with_its_address(string host)
    {
        var failure = await FailureAsync($"Host={host};Port=1;Username=u;Password=hush;Database=d;Timeout=5");

        failure.SqlState.Should().BeNull();
        failure.Message.Should().Contain(host).And.Contain("port 1").And.Contain("check that the server runs");
        failure.ToString().Should().NotContain("hush");
    }

    [Fact]
    public async Task Wrong_password_names_the_login_and_not_the_password()
    {
        await using var server = FakeServer.ThatRefuses("28P01", "password authentication failed for user \"u\"");

        var failure = await FailureAsync($"Host=127.0.0.1;Port={server.Port};Username=u;Password=hush;Database=d;{FakeServer.Plain}");

        failure.SqlState.Should().Be("28P01");
        failure.Message.Should().Contain("login \"u\"").And.Contain("check Username and Password");
        failure.ToString().Should().NotContain("hush");
    }

    [Fact]
    public async Task Missing_database_says_to_create_it()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);

        var failure = await FailureAsync(server.ConnectionString.WithDatabase("schema_not_there"));

        failure.SqlState.Should().Be("3D000");
        failure.Message.Should().Contain("database \"schema_not_there\" does not exist").And.Contain("create it first");
    }

    [Fact]
    public async Task Login_that_does_not_exist_is_named()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);

        var failure = await FailureAsync(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Username = "schema_nobody" }.ConnectionString);

        failure.SqlState.Should().BeOneOf("28000", "28P01"); // by how the server authenticates
        failure.Message.Should().Contain("login \"schema_nobody\"");
    }

    [Fact]
    public async Task Server_older_than_15_is_refused()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        var settings = new NpgsqlConnectionStringBuilder(database);
        await using var old = FakeServer.ThatClaimsVersion("14", settings.Host!, settings.Port);

        var failure = await FailureAsync($"{database};{FakeServer.Plain}".Replace($"Port={settings.Port}", $"Port={old.Port}", StringComparison.Ordinal));

        failure.Message.Should().Contain("is PostgreSQL 14").And.Contain("15 or later is needed");
        (await new SchemaMigrator(database).GetPendingScriptsAsync(Sql.Cancel)).Should().HaveCount(MigrationTests.Scripts.Length);
    }

    private static async Task<SchemaMigrationException> FailureAsync(string connectionString) =>
        (await new SchemaMigrator(connectionString).Awaiting(m => m.MigrateAsync(Sql.Cancel)).Should().ThrowAsync<SchemaMigrationException>()).Which;
}
