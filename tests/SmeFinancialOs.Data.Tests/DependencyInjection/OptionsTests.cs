using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.DependencyInjection;

/// <summary>A mistake in the options stops the host from starting: no request finds it first.</summary>
public sealed class OptionsTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    [Fact]
    public async Task A_section_sets_every_option()
    {
        await using var provider = new ServiceCollection().AddTenantData(Section(
            ("ConnectionString", fixture.Database.AppConnectionString), ("AdminConnectionString", fixture.Database.AdminConnectionString),
            ("StatementTimeout", "00:00:07"), ("LockTimeout", "00:00:03"), ("IdleInTransactionTimeout", "00:01:00"),
            ("TenantRole", "tenant_role"), ("DemoRole", "demo_role"), ("AdminRole", "admin_role"), ("TransactionPooling", "true"))).BuildServiceProvider();
        var factory = provider.GetRequiredService<TenantConnectionFactory>();
        foreach (var context in new[] { TenantContext.ForOrganization(fixture.OrganizationA), TenantContext.ForAdmin("alice", "test") })
        {
            (await factory.CreateSession(context).QueryAsync<(string, string, string)>(
                "SELECT current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout')"))
                .Should().Equal(("7s", "3s", "1min"));
        }
    }

    [Fact]
    public async Task Code_has_the_last_word_over_the_section()
    {
        await using var provider = new ServiceCollection()
            .AddTenantData(Section(("ConnectionString", fixture.Database.AppConnectionString), ("StatementTimeout", "00:00:07")),
                options => options.StatementTimeout = TimeSpan.FromSeconds(8))
            .BuildServiceProvider();
        (await provider.GetRequiredService<TenantConnectionFactory>().CreateSession(TenantContext.ForOrganization(fixture.OrganizationA))
            .ExecuteScalarAsync<string>("SELECT current_setting('statement_timeout')")).Should().Be("8s");
    }

    [Theory]
    [InlineData("StatementTimeout", "-00:00:01", "*timeout is between*")]
    [InlineData("StatementTimeout", "soon", "*StatementTimeout*")]
    [InlineData("StatementTimeuot", "00:00:07", "*StatementTimeuot*")]
    [InlineData("TenantRole", "", "*TenantRole*")]
    [InlineData("DemoRole", "none", "*none*")]
    [InlineData("ConnectionString", "", "*ConnectionString is missing*")]
    [InlineData("ConnectionString", "Host=x;Password=marked-secret;nonsense", "*ConnectionString cannot be read*")]
    [InlineData("ConnectionString", "Host=x;Password=marked-secret;Multiplexing=true", "*Multiplexing*")]
    [InlineData("AdminConnectionString", "Host=x;Password=marked-secret;nonsense", "*AdminConnectionString cannot be read*")]
    public async Task A_mistake_in_the_section_stops_the_host_from_starting(string key, string value, string expected)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddTenantData(Section(("ConnectionString", "Host=x;Username=y"), (key, value)));
        using var host = builder.Build();
        var fault = (await host.Invoking(h => h.StartAsync()).Should().ThrowAsync<Exception>().WithMessage(expected)).Which;
        fault.ToString().Should().NotContain("marked-secret");
    }

    [Fact]
    public async Task An_empty_section_stops_the_host_from_starting()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddTenantData(builder.Configuration.GetSection("Nothing"));
        using var host = builder.Build();
        await host.Invoking(h => h.StartAsync()).Should().ThrowAsync<OptionsValidationException>().WithMessage("AddTenantData: ConnectionString is missing*");
    }

    [Fact]
    public async Task What_would_override_each_other_stops_the_host_from_starting()
    {
        await using var own = NpgsqlDataSource.Create("Host=x;Username=y");
        (await Refusal(services => services.AddTenantData(own, options => options.ConnectionString = "Host=z"))).Should().Contain("remove one of them");
        (await Refusal(services => services.AddTenantData(
            "Host=x", options => (options.AdminConnectionString, options.AdminDataSource) = ("Host=y", own)))).Should().Contain("remove one of them");
        (await Refusal(services => services.AddTenantData(own, options => options.TransactionPooling = true, "billing")))
            .Should().StartWith("AddTenantData with the key \"billing\":");

        static async Task<string> Refusal(Action<IServiceCollection> register)
        {
            var builder = Host.CreateEmptyApplicationBuilder(null);
            register(builder.Services);
            using var host = builder.Build();
            return (await host.Invoking(h => h.StartAsync()).Should().ThrowAsync<OptionsValidationException>()).Which.Message;
        }
    }

    [Fact]
    public async Task A_host_with_valid_options_starts_without_a_server()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddTenantData("Host=127.0.0.1;Port=1;Username=nobody");
        using var host = builder.Build();
        await host.StartAsync();
        await host.StopAsync();
    }

    /// <summary>The last of equal keys wins.</summary>
    private static IConfigurationSection Section(params (string Key, string Value)[] values) => new ConfigurationBuilder()
        .AddInMemoryCollection(values.GroupBy(value => "TenantData:" + value.Key, value => (string?)value.Value)
            .ToDictionary(group => group.Key, group => group.Last()))
        .Build().GetSection("TenantData");
}
