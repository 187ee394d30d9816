using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using SmeFinancialOs.Data.Tests.Diagnostics;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

/// <summary>
/// Npgsql looks at a host's <c>default_transaction_read_only</c> for read-write and read-only, and SQL of any tenant can set it. So these are refused: one
/// tenant would keep everybody out.
/// </summary>
[Collection(nameof(SequentialTestGroup))]
public sealed class SeveralHostsTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Spoil = "SELECT set_config('default_transaction_read_only', 'on', false)";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("read-write")]
    [InlineData("Read-Write")]
    [InlineData("READ-ONLY")]
    [InlineData("read-only")]
    public async Task What_looks_at_a_setting_that_SQL_can_change_is_refused(string attributes)
    {
        await using var spoilt = Hosts($";Target Session Attributes={attributes}");
        await using var sound = Hosts("");
        foreach (var build in new[]
        {
            () => new TenantConnectionFactory(spoilt),
            () => new TenantConnectionFactory(spoilt, new TenantConnectionOptions { ReadOnlyContextsPreferStandby = true }),
            () => new TenantConnectionFactory(sound, new TenantConnectionOptions { AdminDataSource = spoilt }),
        })
            build.Should().Throw<ArgumentException>().WithMessage("*default_transaction_read_only*primary*standby*prefer-standby*");
    }

    [Theory]
    [InlineData("")]
    [InlineData(";Target Session Attributes=any")]
    [InlineData(";Target Session Attributes=primary")]
    [InlineData(";Target Session Attributes=prefer-primary")]
    [InlineData(";Target Session Attributes=prefer-standby")]
    public async Task One_tenant_keeps_nobody_out(string attributes)
    {
        await using var source = Hosts(attributes);
        var factory = new TenantConnectionFactory(source);
        for (var round = 0; round < 3; round++)
        {
            await factory.CreateSession(fixture.ContextA).ExecuteAsync(Spoil, cancellationToken: Token);
            await using (var work = await factory.OpenConnectionAsync(fixture.ContextA, Token))
                await work.Connection.ScalarAsync<string>(Spoil);
            (await factory.CreateSession(fixture.ContextB).ExecuteAsync("UPDATE invoices SET status = status", cancellationToken: Token)).Should().BePositive();
        }
    }

    [Fact]
    public async Task Without_the_refusal_one_tenant_would_keep_everybody_out()
    {
        await using var source = Hosts(";Target Session Attributes=read-write");
        for (var host = 0; host < 2; host++)
        {
            await using var connection = await source.OpenConnectionAsync(Token);
            await connection.ScalarAsync<string>(Spoil);
        }

        await source.Invoking(s => s.OpenConnectionAsync(Token).AsTask()).Should().ThrowAsync<NpgsqlException>().WithMessage("No suitable host was found.");
        await using var primary = await source.WithTargetSession(TargetSessionAttributes.Primary).OpenConnectionAsync(Token);
        (await primary.ScalarAsync<int>("SELECT 1")).Should().Be(1);
    }

    [Theory]
    [InlineData(TargetSessionAttributes.ReadWrite)]
    [InlineData(TargetSessionAttributes.ReadOnly)]
    [InlineData(TargetSessionAttributes.Primary)]
    public async Task Data_source_that_the_host_has_wrapped_is_refused_because_it_tells_not_what_it_looks_at(TargetSessionAttributes attributes)
    {
        await using var source = Hosts("");
        var wrapped = source.WithTargetSession(attributes);
        new NpgsqlConnectionStringBuilder(wrapped.ConnectionString).TargetSessionAttributes.Should().BeNull("then it could be judged");
        foreach (var build in new[]
        {
            () => new TenantConnectionFactory(wrapped),
            () => new TenantConnectionFactory(source, new TenantConnectionOptions { AdminDataSource = wrapped }),
        })
            build.Should().Throw<ArgumentException>().WithMessage("*WithTargetSession*connection string*");
    }

    [Fact]
    public async Task Host_does_not_start_with_what_is_refused()
    {
        const string several = "Host=a,b;Username=u;Target Session Attributes=";
        await using var tenants = new ServiceCollection().AddTenantData(several + "read-write").BuildServiceProvider();
        await using var admins = new ServiceCollection()
            .AddTenantData("Host=a;Username=u", options => options.AdminConnectionString = several + "read-only").BuildServiceProvider();
        foreach (var (provider, message) in new[] { (tenants, "*read-write*primary*"), (admins, "*read-only*standby*") })
            provider.Invoking(p => p.GetRequiredService<IStartupValidator>().Validate()).Should().Throw<OptionsValidationException>().WithMessage(message);
    }

    [Fact]
    public async Task Environment_variable_of_the_driver_changes_nothing()
    {
        const string variable = "PGTARGETSESSIONATTRS";
        await using var source = Hosts("");
        var factory = new TenantConnectionFactory(source);
        var before = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, "read-write");
        try
        {
            await factory.CreateSession(fixture.ContextA).ExecuteAsync(Spoil, cancellationToken: Token);
            (await factory.CreateSession(fixture.ContextB).ExecuteScalarAsync<int>("SELECT 1", cancellationToken: Token)).Should().Be(1);
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, before);
        }
    }

    private NpgsqlMultiHostDataSource Hosts(string more)
    {
        var target = new NpgsqlConnectionStringBuilder(fixture.Database.AppConnectionString);
        target.Host = $"{target.Host}:{target.Port},{target.Host}:{target.Port}";
        return new NpgsqlDataSourceBuilder(target.ConnectionString + more).UseTenantDefaults().BuildMultiHost();
    }
}
