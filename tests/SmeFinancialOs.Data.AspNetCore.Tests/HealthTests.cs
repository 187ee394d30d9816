using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using SmeFinancialOs.Data.AspNetCore.Tests.Support;
using SmeFinancialOs.Data.Audit;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.AspNetCore.Tests;

public sealed class HealthTests(HostDatabase database) : IClassFixture<HostDatabase>
{
    [Fact]
    public async Task A_migrated_database_behind_safe_logins_is_healthy() =>
        (await CheckAsync(database.Database.AppConnectionString, database.Database.AdminConnectionString)).Status.Should().Be(HealthStatus.Healthy);

    [Fact]
    public async Task A_server_that_does_not_answer_is_unhealthy()
    {
        var entry = await CheckAsync(App.Nowhere + ";Password=marked-secret");
        entry.Status.Should().Be(HealthStatus.Unhealthy);
        entry.Description.Should().Contain("No server answers at 127.0.0.1:1");
        $"{entry.Exception}".Should().NotContain("marked-secret");
    }

    [Fact]
    public async Task A_login_that_became_unsafe_is_unhealthy_though_it_was_safe_before()
    {
        await using var own = await (await TestServer.StartAsync()).CreateTenantDatabaseAsync();
        await using var provider = Build(own.AppConnectionString);
        (await CheckAsync(provider)).Status.Should().Be(HealthStatus.Healthy);
        // Of this database alone: other tests share the roles.
        await ExecuteAsync(own,
            "CREATE TABLE public.mine (org_id uuid); ALTER TABLE public.mine ENABLE ROW LEVEL SECURITY; ALTER TABLE public.mine OWNER TO app_user");
        var entry = await CheckAsync(provider);
        entry.Status.Should().Be(HealthStatus.Unhealthy);
        entry.Description.Should().Contain("It owns the tenant table");
    }

    [Fact]
    public async Task An_unsafe_admin_login_is_unhealthy_too() =>
        (await CheckAsync(database.Database.AppConnectionString, database.Database.SuperuserConnectionString)).Description.Should().Contain("superuser");

    [Theory]
    [InlineData("DROP FUNCTION app.schema_version()", "*at version 7 or older*Run the migrations*")]
    [InlineData("CREATE OR REPLACE FUNCTION app.schema_version() RETURNS int LANGUAGE sql STABLE RETURN {newest} - 1", "*needs {newest}.*Run the migrations*")]
    [InlineData("CREATE OR REPLACE FUNCTION app.schema_version() RETURNS int LANGUAGE sql STABLE RETURN {newest} + 1", null)]
    public async Task A_schema_older_than_the_library_is_unhealthy(string change, string? expected)
    {
        // What sql/ says: so the version that the library expects is held to it.
        var script = File.ReadAllText(Path.Combine(RepositoryRoot.Folder, "sql", "objects", "schema_version.sql"));
        var newest = System.Text.RegularExpressions.Regex.Match(script, @"RETURN (\d+);").Groups[1].Value;
        await using var own = await (await TestServer.StartAsync()).CreateTenantDatabaseAsync();
        await ExecuteAsync(own, change.Replace("{newest}", newest));
        var entry = await CheckAsync(own.AppConnectionString);
        if (expected is null)
            entry.Status.Should().Be(HealthStatus.Healthy);
        else
            entry.Description.Should().Match(expected.Replace("{newest}", newest));
    }

    [Fact]
    public async Task A_failure_is_reported_as_the_host_says()
    {
        await using var provider = Build(App.Nowhere, failureStatus: HealthStatus.Degraded);
        (await CheckAsync(provider)).Status.Should().Be(HealthStatus.Degraded);
    }

    [Theory]
    [InlineData(0, 0, HealthStatus.Healthy)]
    [InlineData(0, 2, HealthStatus.Degraded)]
    [InlineData(1, 2, HealthStatus.Unhealthy)]
    public async Task Audit_counts_in_health_and_is_not_repeated_for_every_probe(int errors, int warnings, HealthStatus expected)
    {
        var audits = 0;
        await using var provider = Build(database.Database.AppConnectionString, configure: options => options.Audit = (_, _) =>
        {
            audits++;
            return Task.FromResult(new TenantAuditSummary(errors, warnings));
        });
        for (var probe = 0; probe < 3; probe++)
        {
            var entry = await CheckAsync(provider);
            entry.Status.Should().Be(expected);
            entry.Data.Should().Contain("audit.errors", errors).And.Contain("audit.warnings", warnings);
        }

        audits.Should().Be(1);
    }

    [Fact]
    public async Task The_audit_of_the_schema_package_fits()
    {
        var connectionString = database.Database.AppConnectionString;
        await using var provider = Build(connectionString, configure: options => options.Audit = async (_, cancellationToken) =>
        {
            var report = await new SchemaAudit(connectionString).RunAsync(cancellationToken);
            return new TenantAuditSummary(report.Findings.Count(f => f.Severity == AuditSeverity.Error),
                report.Findings.Count(f => f.Severity == AuditSeverity.Warning));
        });
        (await CheckAsync(provider)).Status.Should().Be(HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_key_chooses_the_database()
    {
        await using var provider = new ServiceCollection().AddLogging().AddTenantData(database.Database.AppConnectionString)
            .AddTenantData(App.Nowhere, serviceKey: "other")
            .AddHealthChecks().AddTenantData("one").AddTenantData("two", serviceKey: "other").Services.BuildServiceProvider();
        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        report.Entries["one"].Status.Should().Be(HealthStatus.Healthy);
        report.Entries["two"].Status.Should().Be(HealthStatus.Unhealthy);
    }

    private static ServiceProvider Build(
        string connectionString, string? adminConnectionString = null, HealthStatus? failureStatus = null,
        Action<TenantHealthCheckOptions>? configure = null) =>
        new ServiceCollection().AddLogging().AddTenantData(connectionString, options => options.AdminConnectionString = adminConnectionString)
            .AddHealthChecks().AddTenantData(failureStatus: failureStatus, configure: configure).Services.BuildServiceProvider();

    private static async Task<HealthReportEntry> CheckAsync(string connectionString, string? adminConnectionString = null)
    {
        await using var provider = Build(connectionString, adminConnectionString);
        return await CheckAsync(provider);
    }

    private static async Task<HealthReportEntry> CheckAsync(ServiceProvider provider) =>
        (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["tenant-data"];

    private static async Task ExecuteAsync(TenantDatabase database, string sql)
    {
        await using var superuser = NpgsqlDataSource.Create(database.SuperuserConnectionString);
        await using var command = superuser.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
