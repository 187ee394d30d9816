using Npgsql;

namespace SmeFinancialOs.Data.Testing.Tests;

/// <summary>A server for tests has a password too.</summary>
public sealed class SecretTests
{
    public static TheoryData<string> Malformed =>
    [
        $"Host=127.0.0.1;Password=a;{Marked.Password}",
        $"Host=127.0.0.1;Password=a;{Marked.Password}=b",
        $"Host=127.0.0.1;Password=a;Port={Marked.Password}",
        $"Host=127.0.0.1;Password=a;SSL Mode={Marked.Password}",
        $"Host=127.0.0.1;Port=1;Username=u;Password={Marked.Password};Persist Security Info=true",
        $"Username=u;Password={Marked.Password}",
    ];

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Connection_string_that_leads_nowhere_is_not_quoted(string connectionString)
    {
        var progress = new ProgressLines();
        var options = new PostgresServerOptions { Kind = PostgresServerKind.ConnectionString, ConnectionString = connectionString, Progress = progress };
        var fault = (await FluentActions.Awaiting(() => PostgresServer.StartAsync(options)).Should().ThrowAsync<PostgresServerUnavailableException>()).Which;
        $"{Marked.TextOf(fault)} {string.Join(' ', progress.Lines)} {options}".Should().NotContain(Marked.Password);
    }

    [Fact]
    public async Task Wrong_password_is_not_quoted_and_a_servers_own_is_in_no_text_of_it()
    {
        await using var server = await PostgresServer.StartAsync(new() { Kind = TestEnvironment.AnyThrowawayKind });
        await using var database = await server.CreateTenantDatabaseAsync();
        var passwords = new[] { server.ConnectionString, database.SuperuserConnectionString, database.AppConnectionString, database.AdminConnectionString }
            .Select(text => new NpgsqlConnectionStringBuilder(text).Password).OfType<string>().Where(password => password.Length > 0).Distinct().ToList();
        passwords.Should().NotBeEmpty();
        $"{server} {server.Description} {database} {database.Name} {database.Factory}".Should().NotContainAny(passwords);

        var wrong = database.AppConnectionString.WithPassword(Marked.Password);
        var fault =
            (await FluentActions.Awaiting(() => PostgresServer.StartAsync(new() { Kind = PostgresServerKind.ConnectionString, ConnectionString = wrong }))
            .Should().ThrowAsync<PostgresServerUnavailableException>()).Which;
        Marked.TextOf(fault).Should().NotContain(Marked.Password);
        var isolation = (await FluentActions.Awaiting(() => TenantIsolation.AssertAsync(wrong)).Should().ThrowAsync<Exception>()).Which;
        Marked.TextOf(isolation).Should().NotContain(Marked.Password);
    }

    /// <summary>Progress&lt;T&gt; would tell it later, on another thread.</summary>
    private sealed class ProgressLines : IProgress<string>
    {
        public List<string> Lines { get; } = [];

        public void Report(string value) => Lines.Add(value);
    }
}
