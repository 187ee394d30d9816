using Dapper;
using Microsoft.Extensions.DependencyInjection;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Readme;

public sealed class ReadmeTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    [Fact]
    public async Task Csharp_runs()
    {
        (await Snippets.QuickStartAsync(fixture.Database.SuperuserConnectionString, fixture.Database.AppConnectionString)).Should().Equal(("draft", 120_000));
        (await Snippets.AmbientAsync(fixture.Factory, fixture.OrganizationA)).Should().BePositive();
        (await FlowSnippets.CountAsync(fixture.Factory, TenantContext.ForOrganization(fixture.OrganizationA))).Should().BePositive();
        (await Snippets.BatchAsync(fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationA)), Guid.NewGuid())).Should().BePositive();
        (await Snippets.AdminAsync(fixture.AppDataSource, fixture.Database.AdminConnectionString)).Should().BeGreaterThanOrEqualTo(3);
        await Snippets.ProveIsolationAsync(fixture.Database.SuperuserConnectionString);
        Snippets.Register(new ServiceCollection(), fixture.Database.AppConnectionString, fixture.Database.AdminConnectionString);
        PoolingSnippets.Register(new ServiceCollection(), fixture.Database.AppConnectionString);
    }

    [Fact]
    public async Task Sql_runs_and_makes_a_table_that_is_safe()
    {
        await using var owner = await fixture.OpenAsSuperuserAsync();
        var notices = new List<string>();
        owner.Notice += (_, e) => notices.Add(e.Notice.MessageText);
        await owner.ExecuteAsync($"SET ROLE app_owner; {new Page(Page.Readme).Blocks("sql").Single()}");
        notices.Should().BeEmpty();

        const string insert = "INSERT INTO payments (invoice_id, amount_cents) SELECT id, 1 FROM invoices";
        await fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationA)).ExecuteAsync(insert);
        (await fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationB)).ExecuteScalarAsync<long>("SELECT count(*) FROM payments"))
            .Should().Be(0);
    }
}
