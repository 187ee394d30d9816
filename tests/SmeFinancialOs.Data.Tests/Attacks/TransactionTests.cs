using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>What is left on a connection, a login or a plan by one context must not serve the next.</summary>
public sealed class TransactionTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Organizations = "SELECT DISTINCT org_id FROM invoices";

    private TenantContext A => TenantContext.ForOrganization(fixture.OrganizationA);

    [Fact]
    public async Task Session_level_setting_left_on_a_connection_is_not_the_next_tenant()
    {
        await using var source = NpgsqlDataSource.Create(fixture.Database.AppConnectionString + ";Maximum Pool Size=1;No Reset On Close=true");
        var factory = new TenantConnectionFactory(source);
        await using (var connection = await source.OpenConnectionAsync())
            await connection.ExecuteAsync("SELECT set_config('app.current_org_id', @b, false)", new { b = fixture.OrganizationB.ToString() });

        (await factory.CreateSession(A).QueryAsync<Guid>(Organizations)).Should().Equal(fixture.OrganizationA);
        await using (var work = await factory.OpenConnectionAsync(A))
            (await work.QueryAsync<Guid>(Organizations)).Should().Equal(fixture.OrganizationA);
        (await factory.CreateSession(TenantContext.Demo).QueryAsync<Guid>(Organizations)).Should().Equal(TenantContext.DemoOrganizationId);
    }

    [Fact]
    public async Task Default_tenant_of_a_login_is_not_the_tenant()
    {
        await using var login = await TestLogin.CreateAsync(fixture, "tenant_role", "demo_role");
        await login.AlterAsync($"ALTER ROLE {{0}} SET app.current_org_id = '{fixture.OrganizationB}'");
        (await new TenantConnectionFactory(login.DataSource).CreateSession(A).QueryAsync<Guid>(Organizations)).Should().Equal(fixture.OrganizationA);
    }

    [Theory]
    [InlineData("RESET ALL")]
    [InlineData("RESET app.current_org_id")]
    [InlineData("SET LOCAL app.current_org_id = ''")]
    [InlineData("SET LOCAL app.current_org_id TO DEFAULT")]
    public async Task Without_a_tenant_there_are_no_rows_and_no_inserts(string reset)
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(A);
        await work.ExecuteAsync(reset);
        (await work.QueryAsync<Guid>(Organizations)).Should().BeEmpty();
        await work.Invoking(w => w.ExecuteAsync("INSERT INTO invoices (org_id, number, amount_cents, customer_name, issued_at) VALUES (@a, 'x', 1, 'x', now())", new { a = fixture.OrganizationA }))
            .Should().ThrowAsync<TenantAccessDeniedException>();
    }

    [Fact]
    public async Task Setting_that_is_no_uuid_is_an_error_and_no_row()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(A);
        await work.ExecuteAsync("SET LOCAL app.current_org_id = 'x'' OR true --'");
        (await work.Invoking(w => w.QueryAsync<Guid>(Organizations)).Should().ThrowAsync<InvalidValueException>()).Which.SqlState.Should().Be("22P02");
    }

    [Fact]
    public async Task Discard_is_refused_inside_a_unit_of_work()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(A);
        await work.Invoking(w => w.ExecuteAsync("DISCARD ALL")).Should().ThrowAsync<PostgresException>().WithMessage("25001*");
    }

    [Theory]
    [InlineData("ROLLBACK TO SAVEPOINT s", false)]
    [InlineData("RELEASE SAVEPOINT s", true)]
    public async Task Tenant_changed_inside_a_savepoint_is_noticed_at_the_commit_if_it_stays(string end, bool stays)
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(A);
        await work.ExecuteAsync($"SAVEPOINT s; SET LOCAL app.current_org_id = '{fixture.OrganizationB}'");
        await work.ExecuteAsync(end);
        var commit = () => work.CommitAsync();
        if (stays)
            await commit.Should().ThrowAsync<TenantContextChangedException>();
        else
            await commit.Should().NotThrowAsync();
    }

    [Fact]
    public async Task Prepared_statement_answers_each_tenant_and_role_with_its_own_rows()
    {
        // One connection, one prepared statement, and the generic plan that PostgreSQL settles on after five executions.
        await using var source = NpgsqlDataSource.Create(fixture.Database.AppConnectionString + ";Maximum Pool Size=1;Max Auto Prepare=10;Auto Prepare Min Usages=2;No Reset On Close=true");
        var factory = new TenantConnectionFactory(source, new() { AdminDataSource = fixture.AdminDataSource });
        var (b, demo) = (TenantContext.ForOrganization(fixture.OrganizationB), TenantContext.Demo);
        for (var round = 0; round < 10; round++)
        {
            foreach (var context in new[] { A, b, demo, A.AsReadOnly() })
                (await factory.CreateSession(context).QueryAsync<Guid>(Organizations)).Should().Equal(context.OrganizationId!.Value);
        }

        await using var connection = await source.OpenConnectionAsync();
        (await connection.QuerySingleAsync<long>("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%FROM invoices%' AND generic_plans > 0"))
            .Should().BePositive("the test is about plans that are kept");
    }

    [Fact]
    public async Task Explicitly_prepared_statement_is_planned_again_for_another_role()
    {
        await using var connection = await fixture.OpenAsAppUserAsync();
        await connection.ExecuteAsync($"BEGIN; SET LOCAL ROLE tenant_role; SET LOCAL app.current_org_id = '{fixture.OrganizationA}'; PREPARE every AS {Organizations}");
        (await connection.QueryAsync<Guid>("EXECUTE every")).Should().Equal(fixture.OrganizationA);
        await connection.ExecuteAsync($"COMMIT; BEGIN; SET LOCAL ROLE tenant_role; SET LOCAL app.current_org_id = '{fixture.OrganizationB}'");
        (await connection.QueryAsync<Guid>("EXECUTE every")).Should().Equal(fixture.OrganizationB);
        await connection.ExecuteAsync("COMMIT; BEGIN; SET LOCAL ROLE demo_role");
        (await connection.QueryAsync<Guid>("EXECUTE every")).Should().Equal(TenantContext.DemoOrganizationId);
        await connection.ExecuteAsync("COMMIT");
        await connection.Invoking(c => c.QueryAsync<Guid>("EXECUTE every")).Should().ThrowAsync<PostgresException>().WithMessage("42501*");
    }

    [Fact]
    public async Task Immutable_function_that_reads_the_setting_would_be_folded_into_a_kept_plan()
    {
        await using var superuser = await fixture.OpenAsSuperuserAsync();
        await using var transaction = await superuser.BeginTransactionAsync();
        // with the volatility of our function changed and nothing else
        await superuser.ExecuteAsync(
            $"""
            ALTER FUNCTION app.current_org_id() IMMUTABLE; SET LOCAL plan_cache_mode = force_generic_plan;
            SET LOCAL ROLE tenant_role; SET LOCAL app.current_org_id = '{fixture.OrganizationA}'; PREPARE folded AS SELECT app.current_org_id()
            """);
        (await superuser.QuerySingleAsync<Guid>("EXECUTE folded")).Should().Be(fixture.OrganizationA);
        await superuser.ExecuteAsync($"SET LOCAL app.current_org_id = '{fixture.OrganizationB}'");
        (await superuser.QuerySingleAsync<Guid>("EXECUTE folded")).Should().Be(fixture.OrganizationA, "B is answered as A: this is why ours is STABLE");
        await transaction.RollbackAsync();

        (await superuser.QuerySingleAsync<char>("SELECT provolatile FROM pg_proc WHERE oid = 'app.current_org_id'::regproc")).Should().Be('s');
    }

    [Fact]
    public async Task Query_texts_of_other_tenants_are_not_shown_to_a_tenant()
    {
        await using var other = await fixture.Factory.OpenConnectionAsync(TenantContext.ForOrganization(fixture.OrganizationB));
        await other.ExecuteAsync("SELECT 'a secret of B'");
        var pid = other.Connection.ProcessID;
        (await fixture.Factory.CreateSession(A).QueryAsync<string>("SELECT query FROM pg_stat_activity WHERE pid = @pid", new { pid })).Should().Equal("<insufficient privilege>");
    }
}
