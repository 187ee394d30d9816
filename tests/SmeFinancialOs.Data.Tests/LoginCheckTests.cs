using Microsoft.Extensions.Logging;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

/// <summary>Each fault is planted on a login of the test's own: roles belong to the whole server.</summary>
public sealed class LoginCheckTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private static readonly TenantContext Anyone = TenantContext.ForOrganization(Guid.NewGuid());

    /// <summary>{0} is the login. 15 has no WITH INHERIT: there the login's own attribute decides.</summary>
    public static TheoryData<string, string> TenantFaults => new()
    {
        { "ALTER ROLE {0} SUPERUSER", "superuser" },
        { "ALTER ROLE {0} BYPASSRLS", "BYPASSRLS" },
        { "ALTER ROLE {0} CREATEROLE", "CREATEROLE" },
        { "ALTER ROLE {0} REPLICATION", "REPLICATION" },
        { "ALTER TABLE invoices OWNER TO {0}", "owns the tenant table" },
        { "GRANT app_owner TO {0}", "may become its owner" },
        { "GRANT admin_role TO {0}", "may become \"admin_role\"" },
        { "CREATE ROLE {0}_via NOLOGIN; GRANT admin_role TO {0}_via; GRANT {0}_via TO {0}", "may become \"admin_role\"" },
        { "CREATE ROLE {0}_via NOLOGIN BYPASSRLS; GRANT {0}_via TO {0}", "BYPASSRLS" },
        { "GRANT pg_read_server_files TO {0}", "pg_read_server_files" },
        { "ALTER ROLE {0} INHERIT; REVOKE tenant_role FROM {0}; GRANT tenant_role TO {0}", "inherits from \"tenant_role\"" },
        { "ALTER ROLE {0} INHERIT; REVOKE demo_role FROM {0}; GRANT demo_role TO {0}", "inherits from \"demo_role\"" },
        { "REVOKE tenant_role FROM {0}", "cannot SET ROLE to \"tenant_role\"" },
    };

    [Theory]
    [MemberData(nameof(TenantFaults))]
    public async Task Tenant_login_that_could_bypass_the_policies_is_refused(string fault, string said)
    {
        await using var login = await TestLogin.CreateAsync(fixture, "tenant_role", "demo_role");
        await using (var connection = await new TenantConnectionFactory(login.DataSource).OpenConnectionAsync(Anyone))
            connection.Should().NotBeNull("the login is safe until the fault is planted");

        await login.AlterAsync(fault);
        var factory = new TenantConnectionFactory(login.DataSource);
        var refused = (await factory.Invoking(f => f.OpenConnectionAsync(Anyone).AsTask()).Should().ThrowAsync<UnsafeDatabaseRoleException>()).Which;
        refused.Message.Should().Contain(login.Name).And.Contain(said);
        refused.LoginName.Should().Be(login.Name);
        await factory.CreateSession(Anyone).Invoking(s => s.ExecuteScalarAsync<int>("SELECT 1")).Should().ThrowAsync<UnsafeDatabaseRoleException>();
    }

    [Fact]
    public async Task Attribute_changed_after_the_grant_is_judged_by_what_it_does_on_this_server()
    {
        await using var login = await TestLogin.CreateAsync(fixture, "tenant_role", "demo_role");
        // Up to 15 this makes every membership inherit. From 16 on memberships keep what they were granted with.
        await login.AlterAsync("ALTER ROLE {0} INHERIT");
        var open = () => new TenantConnectionFactory(login.DataSource).OpenConnectionAsync(Anyone).AsTask();
        if (fixture.ServerMajorVersion < 16)
            await open.Should().ThrowAsync<UnsafeDatabaseRoleException>();
        else
            await (await open()).DisposeAsync();
    }

    [Theory]
    [InlineData("ALTER ROLE {0} SUPERUSER", "superuser")]
    [InlineData("ALTER ROLE {0} BYPASSRLS", "BYPASSRLS")]
    [InlineData("ALTER ROLE {0} INHERIT; REVOKE admin_role FROM {0}; GRANT admin_role TO {0}", "inherits from \"admin_role\"")]
    [InlineData("REVOKE admin_role FROM {0}", "cannot SET ROLE to \"admin_role\"")]
    public async Task Admin_login_that_could_bypass_the_policies_is_refused(string fault, string said)
    {
        await using var login = await TestLogin.CreateAsync(fixture, "admin_role");
        var admin = TenantContext.ForAdmin("alice", "test");
        await (await new TenantConnectionFactory(fixture.AppDataSource, new() { AdminDataSource = login.DataSource }).OpenConnectionAsync(admin))
            .DisposeAsync();

        await login.AlterAsync(fault);
        var factory = new TenantConnectionFactory(fixture.AppDataSource, new() { AdminDataSource = login.DataSource });
        await factory.Invoking(f => f.OpenConnectionAsync(admin).AsTask()).Should().ThrowAsync<UnsafeDatabaseRoleException>().WithMessage($"*{said}*");
    }

    [Fact]
    public async Task Refused_login_is_asked_about_again_once_it_was_mended()
    {
        await using var login = await TestLogin.CreateAsync(fixture, "tenant_role", "demo_role");
        var factory = new TenantConnectionFactory(login.DataSource);
        await login.AlterAsync("ALTER ROLE {0} BYPASSRLS");
        await factory.Invoking(f => f.OpenConnectionAsync(Anyone).AsTask()).Should().ThrowAsync<UnsafeDatabaseRoleException>();
        await login.AlterAsync("ALTER ROLE {0} NOBYPASSRLS");
        await (await factory.OpenConnectionAsync(Anyone)).DisposeAsync();
    }

    [Fact]
    public async Task Concurrent_first_callers_share_one_query()
    {
        using var log = new CommandLog();
        await using var source =
            new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString).UseLoggerFactory(LoggerFactory.Create(b => b.AddProvider(log))).Build();
        var factory = new TenantConnectionFactory(source);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => await factory.CreateSession(Anyone).ExecuteScalarAsync<int>("SELECT 1")));
        await factory.CreateSession(Anyone).ExecuteScalarAsync<int>("SELECT 1");

        log.Commands.Count(command => command.Contains("session_user", StringComparison.Ordinal)).Should().Be(1);
        log.Commands.Count(command => command.Contains("set_config", StringComparison.Ordinal)).Should().Be(21);
    }

    [Fact]
    public async Task First_caller_who_gives_up_does_not_end_the_check_of_the_others()
    {
        var factory = new TenantConnectionFactory(fixture.AppDataSource);
        using var cancellation = new CancellationTokenSource();
        var first = factory.OpenConnectionAsync(Anyone, cancellation.Token).AsTask();
        var second = factory.OpenConnectionAsync(Anyone).AsTask();
        await cancellation.CancelAsync();
        await (await second).DisposeAsync();
        try
        {
            await (await first).DisposeAsync();
        }
        catch (OperationCanceledException)
        {
            // either is right: it may have been faster than its token
        }
    }

    private sealed class CommandLog : ILoggerProvider, ILogger
    {
        private readonly List<string> _commands = [];

        public IReadOnlyList<string> Commands
        {
            get
            {
                lock (_commands)
                    return [.. _commands];
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception);
            if (!text.Contains("execution completed", StringComparison.OrdinalIgnoreCase))
                return;
            lock (_commands)
                _commands.Add(text);
        }

        public void Dispose()
        {
        }
    }
}
