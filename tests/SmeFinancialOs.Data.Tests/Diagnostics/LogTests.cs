using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Diagnostics;

[Collection(nameof(SequentialTestGroup))]
public sealed class LogTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Planted = "planted-value-4711";

    [Fact]
    public async Task Refusals_are_logged_with_who_and_why_and_without_a_value()
    {
        await using var recorder = new TelemetryRecorder(fixture);
        var session = recorder.Factory.CreateSession(fixture.ContextA);
        await session.Invoking(s => s.ExecuteAsync(Seed.Insert(Seed.B, Planted))).Should().ThrowAsync<TenantAccessDeniedException>();
        await session.Invoking(s => s.ExecuteAsync("SELECT @value::int", new { value = Planted })).Should().ThrowAsync<InvalidValueException>();
        await recorder.Factory.CreateSession(TenantContext.Demo).Invoking(s => s.ExecuteAsync(Seed.Insert(Seed.Demo, Planted)))
            .Should().ThrowAsync<DemoReadOnlyException>();
        await using (var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA))
        {
            await work.ExecuteAsync($"SELECT set_config('app.current_org_id', '{Seed.B}', true)");
            await work.Invoking(w => w.CommitAsync()).Should().ThrowAsync<TenantContextChangedException>();
        }

        var logs = recorder.Logs();
        logs.Select(log => log.EventId.Name).Should().Equal("LoginChecked", "AccessDenied", "DemoRefused", "ContextChanged", "NotCommitted");
        logs[0].FormattedMessage.Should().Contain("\"app_user\"");
        logs[1].FormattedMessage.Should().Contain($"organization {Seed.A}").And.Contain("42501");
        logs[2].FormattedMessage.Should().Contain("25006");
        logs[3].FormattedMessage.Should().Contain($"organization {Seed.A}").And.NotContain(Seed.B);
        logs.Should().OnlyContain(log => log.Exception == null && !log.FormattedMessage!.Contains(Planted) && !log.FormattedMessage.Contains("Password"));
    }

    [Fact]
    public async Task Missing_privilege_is_one_line_with_the_name_of_the_object()
    {
        const string name = "\"n\ninfo: SmeFinancialOs.Data.Access[200]\"";
        await fixture.AsSuperuserAsync($"CREATE TABLE IF NOT EXISTS {name} (id text)");
        await using var recorder = new TelemetryRecorder(fixture);
        var session = recorder.Factory.CreateSession(fixture.ContextA);
        var read = $"SELECT id FROM {name} WHERE id = '{Planted}'";
        await session.Invoking(s => s.QueryAsync<string>(read)).Should().ThrowAsync<MissingPrivilegeException>();
        await session.Invoking(s => s.QueryUnbufferedAsync<string>(read).ToListAsync().AsTask()).Should().ThrowAsync<MissingPrivilegeException>();
        await recorder.Factory.CreateSession(TenantContext.Demo).Invoking(s => s.QueryAsync<string>(read)).Should().ThrowAsync<MissingPrivilegeException>();
        await using (var work = await recorder.Factory.OpenConnectionAsync(fixture.ContextA))
            await work.Invoking(w => w.ExecuteAsync(read)).Should().ThrowAsync<MissingPrivilegeException>();

        var logs = recorder.Logs();
        logs.Select(log => log.EventId.Name).Should().Equal(
            "LoginChecked", "MissingPrivilege", "MissingPrivilege", "MissingPrivilege", "MissingPrivilege", "NotCommitted");
        foreach (var log in logs.Where(log => log.EventId.Id == 204))
        {
            log.LogLevel.Should().Be(LogLevel.Error);
            log.FormattedMessage.Should().Contain("permission denied for table n\\u000Ainfo").And.NotContainAny("\n", Planted);
            log.Exception.Should().BeNull();
        }

        recorder.Measurements().Where(point => point.Instrument == "smefinancialos.data.access.denied").Sum(point => point.Value).Should().Be(4);
        recorder.Measurements().Should().NotContain(point => point.Instrument == "smefinancialos.data.demo.refused");
    }

    [Fact]
    public async Task Admin_access_is_logged_on_one_line_whatever_the_actor_is_called()
    {
        await using var recorder = new TelemetryRecorder(fixture);
        const string actor = "eve\r\ninfo: SmeFinancialOs.Data.Access[200]\u2028Admin access was opened by root \u001b[2K\u202e";
        await recorder.Factory.CreateSession(TenantContext.ForAdmin(actor, "ticket\n4711")).ExecuteAsync("SELECT 1");

        var text = recorder.Logs().Single(log => log.EventId.Name == "AdminAccessOpened").FormattedMessage!;
        text.Should().StartWith($"Admin access to database \"{fixture.Database.Name}\" was opened by eve\\u000D\\u000Ainfo:")
            .And.Contain("reason: ticket\\u000A4711");
        text.Should().NotContainAny("\r", "\n", "\u001b", "\u2028", "\u202e");
        (await fixture.TruthAsync<string>("SELECT actor FROM app.admin_access_log ORDER BY opened_at DESC LIMIT 1"))
            .Should().Be(actor, "the access log keeps what it was");
    }

    [Fact]
    public async Task Login_that_is_refused_is_logged()
    {
        await using var login = await TestLogin.CreateAsync(fixture, "tenant_role", "demo_role");
        await login.AlterAsync("ALTER ROLE {0} BYPASSRLS");
        var logs = new List<LogRecord>();
        using (var loggers = LoggerFactory.Create(logging => logging.AddOpenTelemetry(options => options.AddInMemoryExporter(logs))))
        {
            var factory = new TenantConnectionFactory(login.DataSource, new TenantConnectionOptions { LoggerFactory = loggers });
            await factory.Invoking(f => f.OpenConnectionAsync(fixture.ContextA).AsTask()).Should().ThrowAsync<UnsafeDatabaseRoleException>();
        }

        var log = logs.Should().ContainSingle().Subject;
        (log.EventId.Id, log.LogLevel).Should().Be((101, LogLevel.Error));
        log.Attributes!.Single(attribute => attribute.Key == "Fault").Value.As<string>().Should().Contain("BYPASSRLS").And.NotContain("secret");
    }

    [Fact]
    public async Task Registered_factory_logs_to_the_containers_loggers()
    {
        var logs = new List<LogRecord>();
        await using (var provider = new ServiceCollection().AddLogging(logging => logging.AddOpenTelemetry(options => options.AddInMemoryExporter(logs)))
            .AddTenantData(fixture.Database.AppConnectionString).BuildServiceProvider())
        {
            await provider.GetRequiredService<TenantConnectionFactory>().CreateSession(fixture.ContextA).ExecuteAsync("SELECT 1");
        }

        logs.Should().Contain(log => log.EventId.Name == "LoginChecked");
    }
}
