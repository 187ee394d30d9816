using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using SmeFinancialOs.Data.Tests.Diagnostics;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Secrets;

/// <summary>A password that goes into a connection string comes out nowhere, whatever goes wrong.</summary>
[Collection(nameof(SequentialTestGroup))]
public sealed class ConnectionSecretTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    public static TheoryData<string> Failures => ["wrong password", "unknown login", "unknown database", "nobody listens", "unknown host", "silence"];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Failed_connection_tells_no_password(string failure)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var good = new NpgsqlConnectionStringBuilder(fixture.Database.AppConnectionString) { Timeout = 2, PersistSecurityInfo = true };
        var bad = new NpgsqlConnectionStringBuilder(good.ConnectionString) { Password = Marked.Password };
        switch (failure)
        {
            case "unknown login":
                bad.Username = "nobody_here";
                break;
            case "unknown database":
                // The right password, which is no mark: the server asks for it first.
                (bad.Password, bad.Database, bad.ApplicationName) = (good.Password, "no_such_database", "x");
                break;
            case "nobody listens":
                bad.Port = 1;
                break;
            case "unknown host":
                bad.Host = "no-such-host.invalid";
                break;
            case "silence":
                bad.Port = ((IPEndPoint)silent.LocalEndpoint).Port;
                break;
        }

        await using var host = new TelemetryCapture(bad.ConnectionString, bad.ConnectionString);
        var password = bad.Password!;
        foreach (var context in new[] { fixture.ContextA, TenantContext.Demo, TenantContext.ForAdmin("ada", "a test") })
        {
            var fault = (await host.Factory.CreateSession(context).Invoking(session => session.ExecuteAsync("SELECT 1"))
                .Should().ThrowAsync<TenantDataException>()).Which;
            Marked.TextOf(fault).Should().NotContain(password);
        }

        var verified = (await host.Factory.Invoking(factory => factory.VerifyAsync()).Should().ThrowAsync<TenantDataException>()).Which;
        Marked.TextOf(verified).Should().NotContain(password);
        (await host.HeardAsync()).Should().NotBeEmpty().And.NotContain(entry => entry.Text.Contains(password));
    }

    [Fact]
    public async Task Refused_login_and_one_that_is_let_in_tell_no_password()
    {
        var name = "marked_" + Guid.NewGuid().ToString("N")[..12];
        await fixture.AsSuperuserAsync($"CREATE ROLE {name} LOGIN SUPERUSER PASSWORD '{Marked.Password}'");
        try
        {
            var login = new NpgsqlConnectionStringBuilder(fixture.Database.AppConnectionString)
            {
                Username = name,
                Password = Marked.Password,
                PersistSecurityInfo = true
            };
            await using (var host = new TelemetryCapture(login.ConnectionString, login.ConnectionString))
            {
                foreach (var context in new[] { fixture.ContextA, TenantContext.ForAdmin("ada", "a test") })
                {
                    var fault = (await host.Factory.CreateSession(context).Invoking(session => session.ExecuteAsync("SELECT 1"))
                        .Should().ThrowAsync<UnsafeDatabaseRoleException>()).Which;
                    Marked.TextOf(fault).Should().NotContain(Marked.Password);
                }

                (await host.HeardAsync()).Should().Contain(entry => entry.Text.Contains("LoginRefused") || entry.Text.Contains("was refused"))
                    .And.NotContain(entry => Marked.IsIn(entry.Text));
            }

            await fixture.AsSuperuserAsync($"ALTER ROLE {name} NOSUPERUSER NOINHERIT; "
                + $"GRANT tenant_role, demo_role TO {name} {(fixture.GrantsDecideInheritance ? "WITH INHERIT FALSE, SET TRUE" : "")}");
            await using var accepted = new TelemetryCapture(login.ConnectionString);
            await accepted.Factory.CreateSession(fixture.ContextA).ExecuteAsync("SELECT 1");
            await using (var work = await accepted.Factory.OpenConnectionAsync(fixture.ContextA))
                $"{work} {work.Context} {accepted.Factory}".Should().NotContain(Marked.Password);
            (await accepted.HeardAsync()).Should().Contain(entry => entry.Source == "log SmeFinancialOs.Data.Login")
                .And.NotContain(entry => Marked.IsIn(entry.Text));
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            await fixture.AsSuperuserAsync($"DROP ROLE {name}");
        }
    }

    public static TheoryData<string> Malformed =>
    [
        $"Host=127.0.0.1;Password=a;{Marked.Password}",
        $"Host=127.0.0.1;Password=a;{Marked.Password}=b",
        $"Host=127.0.0.1;Password=a;Port={Marked.Password}",
        $"Host=127.0.0.1;Password=a;SSL Mode={Marked.Password}",
        $"Host=127.0.0.1;Password='{Marked.Password}",
        Marked.Password,
    ];

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Malformed_connection_string_is_refused_without_quoting_it(string connectionString)
    {
        var direct = new ServiceCollection().Invoking(services => services.AddTenantData(connectionString)).Should().Throw<ArgumentException>().Which;
        Marked.TextOf(direct).Should().NotContain(Marked.Password);
        await using var withAdmin = new ServiceCollection()
            .AddTenantData(fixture.Database.AppConnectionString, options => options.AdminConnectionString = connectionString).BuildServiceProvider();
        var admin = withAdmin.Invoking(provider => provider.GetRequiredService<IStartupValidator>().Validate())
            .Should().Throw<OptionsValidationException>().Which;
        Marked.TextOf(admin).Should().NotContain(Marked.Password);

        foreach (var key in new[] { "ConnectionString", "AdminConnectionString" })
        {
            var section = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["ConnectionString"] = fixture.Database.AppConnectionString,
                [key] = connectionString,
            }).Build();
            await using var host = new TelemetryCapture(services => services.AddTenantData(section));
            var fault = host.Invoking(h => h.Factory).Should().Throw<OptionsValidationException>().Which;
            Marked.TextOf(fault).Should().NotContain(Marked.Password).And.Contain(key);
            (await host.HeardAsync()).Should().NotContain(entry => Marked.IsIn(entry.Text));
        }
    }

    [Fact]
    public void Key_of_the_configuration_that_is_no_option_is_named_without_its_value()
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["ConectionString"] = $"Password={Marked.Password}" })
            .Build();
        using var services = new ServiceCollection().AddTenantData(section).BuildServiceProvider();
        var fault = services.Invoking(s => s.GetRequiredService<TenantConnectionFactory>()).Should().Throw<InvalidOperationException>().Which;
        Marked.TextOf(fault).Should().Contain("ConectionString").And.NotContain(Marked.Password);
    }

    [Fact]
    public void Options_say_nothing_of_what_they_hold()
    {
        var options = new TenantDataOptions { ConnectionString = $"Password={Marked.Password}", AdminConnectionString = $"Password={Marked.Password}" };
        options.ToString().Should().NotContain(Marked.Password);
    }
}
