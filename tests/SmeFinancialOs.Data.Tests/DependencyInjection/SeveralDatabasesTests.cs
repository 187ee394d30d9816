using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.DependencyInjection;

public sealed class SeveralDatabasesTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    [Fact]
    public async Task A_key_leads_to_its_own_database_and_to_no_other()
    {
        await using var billing = await (await TestServer.StartAsync()).CreateTenantDatabaseAsync();
        await using var provider = new ServiceCollection()
            .AddTenantData(fixture.Database.AppConnectionString).AddInvoicing()
            .AddTenantData(billing.AppConnectionString, serviceKey: "billing").AddInvoicing("billing")
            .BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });

        using var ambient = AmbientTenantContext.Use(TenantContext.ForOrganization(fixture.OrganizationA));
        await using var scope = provider.CreateAsyncScope();
        (await scope.ServiceProvider.GetRequiredService<ITenantSession>().ExecuteScalarAsync<string>("SELECT current_database()"))
            .Should().Be(fixture.Database.Name);
        (await scope.ServiceProvider.GetRequiredKeyedService<ITenantSession>("billing").ExecuteScalarAsync<string>("SELECT current_database()"))
            .Should().Be(billing.Name);
        (await scope.ServiceProvider.GetRequiredKeyedService<OrganizationRepository>("billing").GetAsync(fixture.OrganizationA)).Should().BeNull();
        (await scope.ServiceProvider.GetRequiredService<OrganizationRepository>().GetAsync(fixture.OrganizationA)).Should().NotBeNull();
        (await scope.ServiceProvider.GetRequiredKeyedService<InvoiceRepository>("billing").ListAsync()).Items.Should().BeEmpty();
        scope.ServiceProvider.GetKeyedService<ITenantSession>("other").Should().BeNull();
    }

    [Fact]
    public void A_second_database_needs_a_key_of_its_own()
    {
        var services = new ServiceCollection().AddTenantData("Host=a").AddTenantData("Host=b", serviceKey: "b");
        services.Invoking(s => s.AddTenantData("Host=c")).Should().Throw<InvalidOperationException>().WithMessage("*give the other database a serviceKey*");
        services.Invoking(s => s.AddTenantData("Host=c", serviceKey: "b")).Should().Throw<InvalidOperationException>().WithMessage("*\"b\"*");
    }

    [Fact]
    public async Task A_registration_of_the_host_stays()
    {
        await using var own = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString).UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(own);
        await using var provider = new ServiceCollection().AddSingleton(factory).AddTenantData("Host=127.0.0.1;Port=1").BuildServiceProvider();
        provider.GetRequiredService<TenantConnectionFactory>().Should().BeSameAs(factory);
    }

    [Fact]
    public async Task A_data_source_of_the_host_outlives_the_container()
    {
        await using var own = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString).UseTenantDefaults().Build();
        var context = TenantContext.ForOrganization(fixture.OrganizationA);
        await using (var provider = new ServiceCollection().AddTenantData(own).BuildServiceProvider())
            await provider.GetRequiredService<TenantConnectionFactory>().CreateSession(context).ExecuteScalarAsync<int>("SELECT 1");
        (await new TenantConnectionFactory(own).CreateSession(context).ExecuteScalarAsync<int>("SELECT 1")).Should().Be(1);
    }
}
