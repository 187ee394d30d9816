using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.DependencyInjection;

public sealed class ServiceCollectionTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    [Fact]
    public async Task Repositories_of_a_scope_act_for_the_ambient_context()
    {
        await using var provider = Build();
        using (AmbientTenantContext.Use(TenantContext.ForOrganization(fixture.OrganizationA)))
        {
            await using var scope = provider.CreateAsyncScope();
            (await scope.ServiceProvider.GetRequiredService<OrganizationRepository>().GetAsync(fixture.OrganizationA)).Should().NotBeNull();
            (await scope.ServiceProvider.GetRequiredService<OrganizationRepository>().GetAsync(fixture.OrganizationB)).Should().BeNull();
            (await scope.ServiceProvider.GetRequiredService<InvoiceRepository>().ListAsync()).Items.Should().NotBeEmpty();
            scope.ServiceProvider.GetRequiredService<ITenantSession>().Context.OrganizationId!.Value.ToGuid().Should().Be(fixture.OrganizationA);
        }
    }

    [Fact]
    public async Task Scope_without_a_context_gives_no_session()
    {
        await using var provider = Build();
        await using var scope = provider.CreateAsyncScope();
        scope.ServiceProvider.Invoking(p => p.GetRequiredService<ITenantSession>()).Should().Throw<TenantContextMissingException>();
    }

    [Fact]
    public async Task Nobody_can_inject_a_connection_without_a_tenant()
    {
        await using var provider = Build();
        provider.GetService<NpgsqlDataSource>().Should().BeNull();
        provider.GetService<NpgsqlConnection>().Should().BeNull();
    }

    [Fact]
    public async Task Admin_contexts_work_with_their_own_connection_string_and_options_apply()
    {
        await using var provider = Build(options => options.StatementTimeout = TimeSpan.FromSeconds(9));
        var factory = provider.GetRequiredService<TenantConnectionFactory>();
        (await factory.CreateSession(TenantContext.ForAdmin("alice", "test")).ExecuteScalarAsync<string>("SELECT current_setting('statement_timeout')"))
            .Should().Be("9s");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Statements_are_prepared_unless_there_is_a_pooler_in_between(bool transactionPooling)
    {
        await using var provider = Build(options => options.TransactionPooling = transactionPooling);
        var session = provider.GetRequiredService<TenantConnectionFactory>().CreateSession(TenantContext.ForOrganization(fixture.OrganizationA));
        for (var call = 0; call < 3; call++)
            await session.ExecuteScalarAsync<int>("SELECT 1");
        (await session.ExecuteScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_prepared_statements)")).Should().Be(!transactionPooling);
    }

    [Fact]
    public async Task Disposing_the_container_disposes_its_pools()
    {
        var provider = Build();
        var factory = provider.GetRequiredService<TenantConnectionFactory>();
        var context = TenantContext.ForOrganization(fixture.OrganizationA);
        await factory.CreateSession(context).ExecuteScalarAsync<int>("SELECT 1");
        await provider.DisposeAsync();
        await factory.CreateSession(context).Invoking(s => s.ExecuteScalarAsync<int>("SELECT 1")).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task Core_registers_no_repository()
    {
        await using var provider = new ServiceCollection().AddTenantData(fixture.Database.AppConnectionString).BuildServiceProvider();
        provider.GetRequiredService<IServiceProviderIsService>().IsService(typeof(ITenantSession)).Should().BeTrue();
        provider.GetRequiredService<IServiceProviderIsService>().IsService(typeof(OrganizationRepository)).Should().BeFalse();
        provider.GetRequiredService<IServiceProviderIsService>().IsService(typeof(InvoiceRepository)).Should().BeFalse();
    }

    [Fact]
    public void Every_repository_is_registered()
    {
        var registered = new ServiceCollection().AddTenantData(fixture.Database.AppConnectionString).AddInvoicing().Select(service => service.ServiceType);
        typeof(InvoiceRepository).Assembly.GetExportedTypes().Where(type => type.Name.EndsWith("Repository", StringComparison.Ordinal))
            .Except(registered).Should().BeEmpty("AddInvoicing registers the repositories");
    }

    [Fact]
    public void Invoicing_without_a_database_is_refused_at_the_call()
    {
        var services = new ServiceCollection();
        services.Invoking(s => s.AddInvoicing()).Should().Throw<InvalidOperationException>()
            .WithMessage("*without a serviceKey: call AddTenantData(..) before it.");
        services.AddTenantData("Host=x");
        services.Invoking(s => s.AddInvoicing("billing")).Should().Throw<InvalidOperationException>()
            .WithMessage("*with the serviceKey \"billing\": call AddTenantData(.., serviceKey: \"billing\") before it.");
        services.Invoking(s => s.AddInvoicing(" ")).Should().Throw<ArgumentException>().WithParameterName("serviceKey");
        services.AddInvoicing().AddInvoicing().Where(service => service.ServiceType == typeof(InvoiceRepository)).Should().ContainSingle();
    }

    private ServiceProvider Build(Action<TenantDataOptions>? configure = null) => new ServiceCollection()
        .AddTenantData(fixture.Database.AppConnectionString, options =>
        {
            options.AdminConnectionString = fixture.Database.AdminConnectionString;
            configure?.Invoke(options);
        })
        .AddInvoicing()
        .BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
}
