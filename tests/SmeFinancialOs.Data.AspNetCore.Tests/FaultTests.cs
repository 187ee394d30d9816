using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Npgsql;
using SmeFinancialOs.Data.AspNetCore.Tests.Support;

namespace SmeFinancialOs.Data.AspNetCore.Tests;

/// <summary>What goes wrong in the database is a status that a client can act on, and says nothing about rows, tables or statements.</summary>
public sealed class FaultTests(HostDatabase database) : IClassFixture<HostDatabase>
{
    public static TheoryData<string, int, string> Faults => new()
    {
        { "INSERT INTO invoices (org_id, number, amount_cents, customer_name, issued_at) "
            + "VALUES (gen_random_uuid(), 'm-arked', 1, 'marked', DATE '2026-01-01')", 404, "not_found" },
        { "UPDATE invoices SET org_id = gen_random_uuid(), customer_name = 'marked'", 404, "not_found" },
        { "DO $$ BEGIN RAISE 'marked' USING ERRCODE = '42501'; END $$", 404, "not_found" },
        { "SELECT 1 FROM app.admin_access_log WHERE actor = 'marked'", 403, "missing_privilege" },
        { "INSERT INTO invoices (number, amount_cents, customer_name, issued_at) VALUES ('1', 1, 'marked', DATE '2026-01-01')", 409, "duplicate_key" },
        { "UPDATE invoices SET status = 'marked'", 422, "invalid_value" },
        { "SELECT 'marked'::uuid", 422, "invalid_value" },
        { "CREATE TEMP TABLE t (id int REFERENCES marked)", 403, "missing_privilege" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_refusal_of_the_database_has_its_status_and_tells_nothing(string sql, int status, string code)
    {
        await using var app = await StartAsync(sql);
        var response = await app.GetAsync("/", TestUsers.User(database.OrganizationA));
        (await response.ShouldBeProblemAsync(status)).Code.Should().Be(code);
        (await response.Content.ReadAsStringAsync()).Should().NotContainAny("marked", "invoices", "admin_access_log", "SELECT", "INSERT", "org_id");
    }

    [Fact]
    public async Task A_denied_access_is_403_where_the_host_says_so()
    {
        await using var app = await StartAsync("UPDATE invoices SET org_id = gen_random_uuid()", configure: o => o.AccessDeniedStatusCode = 403);
        (await (await app.GetAsync("/", TestUsers.User(database.OrganizationA))).ShouldBeProblemAsync(403)).Code.Should().Be("access_denied");
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public async Task A_missing_privilege_is_403_for_everybody_and_one_line_in_the_log(int statusOfDenied)
    {
        var log = new FakeLoggerProvider();
        const string read = "SELECT 1 FROM app.admin_access_log WHERE actor = 'marked'";
        await using var app = await App.StartAsync(
            map => map.MapGet("/", (ITenantSession session) => session.ExecuteAsync(read)).WithDemoTenant(), database.Database.AppConnectionString,
            configure: o => o.AccessDeniedStatusCode = statusOfDenied, services: s => s.AddSingleton<ILoggerProvider>(log));
        foreach (var user in new[] { TestUsers.User(database.OrganizationA), null })
        {
            var before = log.Warnings().Count;
            (await (await app.GetAsync("/", user)).ShouldBeProblemAsync(403)).Code.Should().Be("missing_privilege");
            var line = log.Warnings().Skip(before).Should().ContainSingle().Which;
            (line.Level, line.Id.Name, line.Category).Should().Be((LogLevel.Error, "MissingPrivilege", "SmeFinancialOs.Data.Access"));
            line.Message.Should().Contain("permission denied for table admin_access_log").And.NotContain("marked");
        }
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_503_and_in_the_log()
    {
        var log = new FakeLoggerProvider();
        await using var app = await App.StartAsync(map => map.MapGet("/", (ITenantSession session) => session.ExecuteAsync("SELECT 1")),
            services: s => s.AddSingleton<ILoggerProvider>(log));
        var response = await app.GetAsync("/", TestUsers.User(database.OrganizationA));
        (await response.ShouldBeProblemAsync(503)).Code.Should().Be("database_unavailable");
        (await response.Content.ReadAsStringAsync()).Should().NotContain("127.0.0.1");
        log.HandledFaults().Should().ContainSingle().Which.Should().BeOfType<DatabaseUnavailableException>();
    }

    [Fact]
    public async Task A_login_that_bypasses_the_policies_is_500_and_is_not_named()
    {
        await using var app = await StartAsync("SELECT 1", database.Database.SuperuserConnectionString);
        var response = await app.GetAsync("/", TestUsers.User(database.OrganizationA));
        (await response.ShouldBeProblemAsync(500)).Code.Should().Be("internal_error");
        (await response.Content.ReadAsStringAsync())
            .Should().NotContainAny("superuser", new NpgsqlConnectionStringBuilder(database.Database.SuperuserConnectionString).Username);
    }

    [Fact]
    public async Task A_database_that_is_not_migrated_is_500()
    {
        var empty = await (await TestServer.StartAsync()).CreateEmptyDatabaseAsync();
        var app = database.Database.AppConnectionString.WithDatabaseOf(empty);
        await using var host = await StartAsync("SELECT 1", app);
        (await (await host.GetAsync("/", TestUsers.User(database.OrganizationA))).ShouldBeProblemAsync(500)).Code.Should().Be("internal_error");
    }

    [Fact]
    public async Task A_client_that_reads_no_json_gets_the_status_alone()
    {
        await using var app = await StartAsync("SELECT 1");
        var response = await app.GetAsync("/", user: null, ("Accept", "text/plain"));
        ((int)response.StatusCode).Should().Be(401);
        (await response.Content.ReadAsStringAsync()).Should().BeEmpty();
    }

    private Task<App> StartAsync(string sql, string? connectionString = null, Action<TenantContextOptions>? configure = null) => App.StartAsync(
        map => map.MapGet("/", (ITenantSession session) => session.ExecuteAsync(sql)),
        connectionString ?? database.Database.AppConnectionString, configure: configure);
}
