using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Npgsql;
using SmeFinancialOs.Data.AspNetCore.Tests.Support;

namespace SmeFinancialOs.Data.AspNetCore.Tests;

/// <summary>Neither an answer nor any line of the host's log has a password or what a request or a row holds.</summary>
public sealed class SecretTests(HostDatabase database) : IClassFixture<HostDatabase>
{
    [Fact]
    public async Task Wrong_password_is_in_no_answer_no_health_report_and_no_log()
    {
        var log = new FakeLoggerProvider();
        var wrong = new NpgsqlConnectionStringBuilder(database.Database.AppConnectionString)
        {
            Password = Marked.Password,
            PersistSecurityInfo = true
        }.ConnectionString;
        await using var app = await StartAsync(log, wrong, map => map.MapGet("/", (ITenantSession session) => session.ExecuteAsync("SELECT 1")));
        var answer = await app.GetAsync("/", TestUsers.User(database.OrganizationA));
        await answer.ShouldBeProblemAsync(503);
        var health = await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        health.Status.Should().Be(HealthStatus.Unhealthy);
        var report = string.Join('\n',
            health.Entries.Values.Select(entry => $"{entry.Description} {Marked.TextOf(entry.Exception!)} {string.Join(' ', entry.Data)}"));
        Marked.IsIn(await answer.Content.ReadAsStringAsync() + report).Should().BeFalse(report);
        LinesOf(log).Should().NotBeEmpty().And.NotContain(line => Marked.IsIn(line));
    }

    [Theory]
    [InlineData("INSERT INTO invoices (number, amount_cents, customer_name, issued_at) "
        + "VALUES (@value, 1, @value, '2026-01-01'), (@value, 1, @value, '2026-01-01')", 409)]
    [InlineData("SELECT @value::uuid", 422)]
    [InlineData("UPDATE invoices SET status = @value", 422)]
    [InlineData("INSERT INTO invoices (org_id, number, amount_cents, customer_name, issued_at) VALUES (gen_random_uuid(), @value, 1, @value, '2026-01-01')",
        404)]
    public async Task Value_of_a_failed_request_is_in_no_answer_and_no_log(string sql, int status)
    {
        var log = new FakeLoggerProvider();
        await using var app = await StartAsync(log, database.Database.AppConnectionString,
            map => map.MapGet("/", (ITenantSession session) => session.ExecuteAsync(sql, new { value = Marked.Value })));
        var answer = await app.GetAsync("/", TestUsers.User(database.OrganizationA));
        await answer.ShouldBeProblemAsync(status);
        Marked.IsIn(await answer.Content.ReadAsStringAsync()).Should().BeFalse();
        LinesOf(log).Should().NotBeEmpty().And.NotContain(line => Marked.IsIn(line));
    }

    private static Task<App> StartAsync(FakeLoggerProvider log, string connectionString, Action<WebApplication> map) =>
        App.StartAsync(map, connectionString, services: services =>
    {
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        services.AddHealthChecks().AddTenantData();
    });

    private static IEnumerable<string> LinesOf(FakeLoggerProvider log) => log.Collector.GetSnapshot().Select(line => $"{line.Message} {line.Exception}");
}
