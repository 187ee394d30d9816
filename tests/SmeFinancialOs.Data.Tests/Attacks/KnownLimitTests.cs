using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>What the database cannot stop, written down as tests, with what stops beside it.</summary>
public sealed class KnownLimitTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private TenantContext A => TenantContext.ForOrganization(fixture.OrganizationA);

    [Theory]
    [InlineData("WITH s AS MATERIALIZED (SELECT set_config('app.current_org_id', '{b}', true)) SELECT org_id FROM s, invoices")]
    [InlineData("SELECT org_id FROM invoices WHERE (SELECT set_config('app.current_org_id', '{b}', true)) IS NULL UNION ALL SELECT org_id FROM invoices")]
    [InlineData("SET LOCAL app.current_org_id = '{b}'; SELECT org_id FROM invoices")]
    public async Task Known_limit_sql_that_sets_another_tenant_reads_its_rows(string injected)
    {
        var sql = await new Attacker(fixture).FillAsync(injected);
        (await fixture.Factory.CreateSession(A).QueryAsync<Guid>(sql)).Should().Contain(fixture.OrganizationB);
    }

    [Fact]
    public async Task Known_limit_a_session_call_that_sets_another_tenant_writes_its_rows()
    {
        var sql = await new Attacker(fixture).FillAsync("SET LOCAL app.current_org_id = '{b}'; UPDATE invoices SET customer_name = 'defaced by A'");
        (await fixture.Factory.CreateSession(A).ExecuteAsync(sql)).Should().BePositive();
    }

    [Fact]
    public async Task A_unit_of_work_that_sets_another_tenant_writes_nothing()
    {
        await using (var work = await fixture.Factory.OpenConnectionAsync(A))
        {
            await work.ExecuteAsync($"SET LOCAL app.current_org_id = '{fixture.OrganizationB}'; DELETE FROM invoices");
            await work.Invoking(w => w.CommitAsync()).Should().ThrowAsync<TenantContextChangedException>();
        }

        (await fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationB)).ExecuteScalarAsync<long>("SELECT count(*) FROM invoices")).Should().BePositive();
    }

    [Fact]
    public async Task Another_tenant_that_was_set_is_gone_with_the_call()
    {
        var session = fixture.Factory.CreateSession(A);
        await session.ExecuteAsync($"SET app.current_org_id = '{fixture.OrganizationB}'");
        (await session.QueryAsync<Guid>("SELECT DISTINCT org_id FROM invoices")).Should().Equal(fixture.OrganizationA);
    }

    [Fact]
    public async Task Statement_that_ends_the_transaction_is_left_without_any_rights()
    {
        var sql = "COMMIT; SELECT org_id FROM invoices";
        (await fixture.Factory.CreateSession(A).Invoking(s => s.QueryAsync<Guid>(sql)).Should().ThrowAsync<TenantAccessDeniedException>()).Which.SqlState.Should().Be("42501");
    }
}
