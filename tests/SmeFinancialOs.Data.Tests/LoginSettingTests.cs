using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry.Logs;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

/// <summary>What login and database have by default is judged with the login: injected SQL can change it for all tenants.</summary>
public sealed class LoginSettingTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private static readonly TenantContext Anyone = TenantContext.ForOrganization(Guid.NewGuid());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Dangerous => new()
    {
        { "role", "'tenant_role'" },
        { "default_transaction_read_only", "on" },
        { "default_transaction_deferrable", "on" },
        { "synchronous_commit", "off" },
        { "synchronous_commit", "local" },
        { "client_min_messages", "error" },
        { "client_min_messages", "debug5" },
        { "idle_session_timeout", "'1h'" },
        { "local_preload_libraries", "'$libdir/plugins/planted'" },
        { "search_path", "pg_catalog" },
        { "search_path", "''" },
        { "search_path", "public, \"$user\"" },
        { "row_security", "off" },
        { "session_replication_role", "replica" },
        { "standard_conforming_strings", "off" },
        { "backslash_quote", "on" },
        { "transform_null_equals", "on" },
        { "array_nulls", "off" },
        { "gin_fuzzy_search_limit", "1" },
        { "extra_float_digits", "'-15'" },
        { "bytea_output", "escape" },
        { "xmloption", "document" },
        { "xmlbinary", "hex" },
        { "DateStyle", "'SQL, DMY'" },
        { "exit_on_error", "on" },
        { "debug_print_plan", "on" },
        { "log_parameter_max_length_on_error", "'-1'" },
        { "seed", "0.5" },
        { "work_mem", "64" },
        { "hash_mem_multiplier", "1000" },
        { "statement_timeout", "99" },
        { "lock_timeout", "'1ms'" },
        { "idle_in_transaction_session_timeout", "'0.05s'" },
        { "tcp_user_timeout", "1" },
        { "enable_indexscan", "off" },
        { "app.current_org_id", "'planted'" },
        { "app.context_token", "'planted'" },
    };

    [Theory]
    [MemberData(nameof(Dangerous))]
    public async Task Setting_of_a_login_that_harms_every_tenant_is_refused(string name, string value)
    {
        await using var login = await TestLogin.CreateAsync(fixture, "tenant_role", "demo_role");
        // local_preload_libraries of this name would let nobody in; a startup option outranks it.
        await using var source = new NpgsqlDataSourceBuilder(login.ConnectionString).UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source);
        await factory.CreateSession(fixture.ContextA).ExecuteAsync("SELECT 1", cancellationToken: Token);

        await login.AlterAsync($"ALTER ROLE {{0}} SET {name} = {value}");
        var refused = (await factory.Invoking(f => f.VerifyAsync(Token)).Should().ThrowAsync<UnsafeDatabaseRoleException>()).Which;
        refused.Faults.Should().ContainSingle().Which.Should().StartWith($"ROLE \"{login.Name}\" has {name} by default: ")
            .And.Contain($"ALTER ROLE \"{login.Name}\" RESET {(name == "seed" ? "ALL" : name)};").And.NotContain("planted");
        await new TenantConnectionFactory(source).CreateSession(Anyone).Invoking(s => s.ExecuteScalarAsync<int>("SELECT 1", cancellationToken: Token))
            .Should().ThrowAsync<UnsafeDatabaseRoleException>();

        await login.AlterAsync(refused.Faults[0][refused.Faults[0].IndexOf("ALTER ", StringComparison.Ordinal)..(refused.Faults[0].IndexOf(';') + 1)]);
        await factory.VerifyAsync(Token);
    }

    [Theory]
    [InlineData("default_transaction_read_only = off")]
    [InlineData("default_transaction_read_only = 'FALSE'")]
    [InlineData("synchronous_commit = remote_apply")]
    [InlineData("client_min_messages = warning")]
    [InlineData("idle_session_timeout = '0ms'")]
    [InlineData("search_path = \"$user\", public")]
    [InlineData("standard_conforming_strings = on")]
    [InlineData("session_replication_role = 'origin'")]
    [InlineData("extra_float_digits = 3")]
    [InlineData("DateStyle = 'ISO, MDY'")]
    [InlineData("enable_partitionwise_join = on")]
    [InlineData("statement_timeout = '100ms'")]
    [InlineData("lock_timeout = '2min'")]
    [InlineData("idle_in_transaction_session_timeout = 0")]
    [InlineData("default_transaction_isolation = 'serializable'")]
    public async Task Value_that_harms_nobody_needs_no_word(string setting)
    {
        await using var login = await TestLogin.CreateAsync(fixture, "tenant_role", "demo_role");
        await login.AlterAsync($"ALTER ROLE {{0}} SET {setting}; ALTER ROLE {{0}} IN DATABASE {fixture.Database.Name} SET {setting}");
        var logs = await LogsOfAsync(login, factory => factory.VerifyAsync(Token));
        logs.Select(log => log.EventId.Name).Should().Equal("LoginChecked");
    }

    [Theory]
    [InlineData("DATABASE {1}", "DATABASE \"{1}\"")]
    [InlineData("ROLE ALL IN DATABASE {1}", "DATABASE \"{1}\"")]
    [InlineData("ROLE {0} IN DATABASE {1}", "ROLE \"{0}\" IN DATABASE \"{1}\"")]
    public async Task Setting_of_the_database_is_refused_too(string target, string named)
    {
        await using var login = await TestLogin.CreateAsync(fixture, "tenant_role", "demo_role");
        string Named(string text) => text.Replace("{0}", login.Name, StringComparison.Ordinal).Replace("{1}", fixture.Database.Name, StringComparison.Ordinal);
        await fixture.AsSuperuserAsync($"ALTER {Named(target)} SET search_path = 'planted'");
        try
        {
            var refused = await new TenantConnectionFactory(login.DataSource).Invoking(f => f.VerifyAsync(Token))
                .Should().ThrowAsync<UnsafeDatabaseRoleException>();
            refused.WithMessage($"*{Named(named)} has search_path by default*ALTER {Named(named)} RESET search_path;*").Which.Message
                .Should().NotContain("planted");
        }
        finally
        {
            await fixture.AsSuperuserAsync($"ALTER {Named(target)} RESET search_path");
        }

        await new TenantConnectionFactory(login.DataSource).VerifyAsync(Token);
    }

    [Fact]
    public async Task Settings_of_other_logins_and_databases_are_not_this_ones()
    {
        await using var login = await TestLogin.CreateAsync(fixture, "tenant_role", "demo_role");
        await using var other = await TestLogin.CreateAsync(fixture, "tenant_role", "demo_role");
        await other.AlterAsync("ALTER ROLE {0} SET search_path = pg_catalog");
        await login.AlterAsync("ALTER ROLE {0} IN DATABASE postgres SET search_path = pg_catalog");
        await new TenantConnectionFactory(login.DataSource).VerifyAsync(Token);
    }

    [Fact]
    public async Task A_name_is_allowed_with_one_value_alone()
    {
        await using var login = await TestLogin.CreateAsync(fixture, "tenant_role", "demo_role");
        var allowed = new Dictionary<string, string> { ["Work_Mem"] = "64MB", ["search_path"] = "app, public" };
        var factory = new TenantConnectionFactory(login.DataSource, new() { AllowedLoginSettings = allowed });
        allowed["work_mem"] = "1GB";
        await login.AlterAsync("ALTER ROLE {0} SET work_mem = '64MB'; ALTER ROLE {0} SET search_path = app, public");
        await factory.VerifyAsync(Token);
        await login.AlterAsync("ALTER ROLE {0} SET work_mem = '1GB'");
        await factory.Invoking(f => f.VerifyAsync(Token)).Should().ThrowAsync<UnsafeDatabaseRoleException>().WithMessage("*work_mem*");
    }

    [Fact]
    public async Task Allowed_settings_come_from_the_configuration_and_are_not_pinned()
    {
        await using var login = await TestLogin.CreateAsync(fixture, "tenant_role", "demo_role");
        await login.AlterAsync("ALTER ROLE {0} SET search_path = app, public");
        var section = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["TenantData:ConnectionString"] = login.ConnectionString,
            ["TenantData:AllowedLoginSettings:search_path"] = "app, public",
        }).Build().GetSection("TenantData");
        await using var provider = new ServiceCollection().AddTenantData(section).BuildServiceProvider();
        var factory = provider.GetRequiredService<TenantConnectionFactory>();
        (await factory.CreateSession(fixture.ContextA).ExecuteScalarAsync<string>("SELECT current_setting('search_path')", cancellationToken: Token))
            .Should().Be("app, public");
    }

    [Fact]
    public async Task Other_settings_are_logged_once_by_name()
    {
        await using var login = await TestLogin.CreateAsync(fixture, "tenant_role", "demo_role");
        await login.AlterAsync("ALTER ROLE {0} SET TimeZone = 'Asia/Tokyo'; ALTER ROLE {0} SET jit = off; ALTER ROLE {0} SET my.secret = 'planted'");
        var logs = await LogsOfAsync(login, async factory =>
        {
            await factory.VerifyAsync(Token);
            await factory.VerifyAsync(Token);
            await login.AlterAsync("ALTER ROLE {0} SET geqo = off");
            await factory.VerifyAsync(Token);
        });
        var found = logs.Where(log => log.EventId.Name == "LoginSettingsFound").ToList();
        found.Should().HaveCount(2)
            .And.OnlyContain(log => log.LogLevel == LogLevel.Warning && !log.FormattedMessage!.Contains("planted") && !log.FormattedMessage.Contains("Tokyo"));
        found[0].FormattedMessage.Should().Contain($"TimeZone of ROLE \"{login.Name}\", jit of ROLE \"{login.Name}\", my.secret of ROLE \"{login.Name}\".");
        found[1].FormattedMessage.Should().Contain("geqo of ROLE");
    }

    [Theory]
    [InlineData("statement_timeout = 1", "*statement_timeout*")]
    [InlineData("local_preload_libraries = 'planted'", "*58P01*RESET local_preload_libraries;*")]
    public async Task Setting_that_lets_nobody_in_is_named_where_nothing_outranks_it(string setting, string said)
    {
        await using var login = await TestLogin.CreateAsync(fixture, "tenant_role", "demo_role");
        await login.AlterAsync($"ALTER ROLE {{0}} SET {setting}");
        // How far it comes in a millisecond is the machine's affair.
        await new TenantConnectionFactory(login.DataSource).Invoking(f => f.VerifyAsync(Token)).Should().ThrowAsync<TenantDataException>().WithMessage(said);
    }

    [Fact]
    public async Task Behind_a_pooler_the_check_is_what_is_left()
    {
        await using var login = await TestLogin.CreateAsync(fixture, "tenant_role", "demo_role");
        await using var source = new NpgsqlDataSourceBuilder(login.ConnectionString).UseTenantDefaults(transactionPooling: true).Build();
        await login.AlterAsync("ALTER ROLE {0} SET default_transaction_read_only = on");
        await new TenantConnectionFactory(source, new() { TransactionPooling = true }).Invoking(f => f.OpenConnectionAsync(Anyone, Token).AsTask())
            .Should().ThrowAsync<UnsafeDatabaseRoleException>().WithMessage("*default_transaction_read_only*");
    }

    [Theory]
    [InlineData("", "1")]
    [InlineData("work mem", "1")]
    [InlineData("work_mem;", "1")]
    [InlineData("work_mem", null)]
    public void Name_or_value_that_cannot_be_is_refused(string name, string? value) => FluentActions.Invoking(() =>
        new TenantConnectionFactory(fixture.AppDataSource, new() { AllowedLoginSettings = new Dictionary<string, string> { [name] = value! } }))
        .Should().Throw<ArgumentException>();

    [Fact]
    public void Names_that_differ_in_case_alone_are_refused() => FluentActions.Invoking(() => new TenantConnectionFactory(fixture.AppDataSource,
        new() { AllowedLoginSettings = new Dictionary<string, string> { ["jit"] = "on", ["JIT"] = "off" } }))
        .Should().Throw<ArgumentException>().WithMessage("*twice*");

    private static async Task<List<LogRecord>> LogsOfAsync(TestLogin login, Func<TenantConnectionFactory, Task> act)
    {
        var logs = new List<LogRecord>();
        using var loggers = LoggerFactory.Create(logging => logging.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.AddInMemoryExporter(logs);
        }));
        await act(new TenantConnectionFactory(login.DataSource, new() { LoggerFactory = loggers }));
        return logs;
    }
}
