using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.ArticleMistakes;

/// <summary>Mistakes S1 to S5 of the design: each is shown to fail as the article has it, then tried on ours.</summary>
public sealed class PolicyMistakesTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private ITenantSession A => fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationA));

    [Fact]
    public async Task S1_membership_in_the_admin_role_must_not_open_everything_to_everyone()
    {
        await using var article = await ArticleRecipe.CreateAsync(fixture, ArticleRecipe.TenantIsolation, ArticleRecipe.AdminBypass, "GRANT {admin} TO {login}");
        (await article.QueryAsync(fixture.OrganizationA, "SELECT number FROM {t}")).Should().BeEquivalentTo("a", "b", "demo");

        (await A.QueryAsync<Guid>("SELECT DISTINCT org_id FROM invoices")).Should().Equal(fixture.OrganizationA);
        (await A.ExecuteScalarAsync<bool>("SELECT pg_has_role(session_user, 'admin_role', 'MEMBER')")).Should().BeFalse();
    }

    [Fact]
    public async Task S1_an_injection_must_not_become_admin()
    {
        await using var article = await ArticleRecipe.CreateAsync(
            fixture, ArticleRecipe.TenantIsolation, "GRANT {admin} TO {login}", "GRANT SELECT ON {t} TO {admin}", "CREATE POLICY admin_access ON {t} TO {admin} USING (true)",
            "ALTER ROLE {login} NOINHERIT");
        // inside one SELECT, as an injection into a WHERE would be; the first query of the transaction
        (await article.QueryAsync(fixture.OrganizationA, "SELECT set_config('role', '{admin}', true)")).Should().HaveCount(1);

        foreach (var sql in new[] { "SELECT set_config('role', 'admin_role', true)", "SET LOCAL ROLE admin_role", "SET ROLE admin_role", "SET SESSION AUTHORIZATION admin_user" })
            (await A.Invoking(s => s.ExecuteAsync(sql)).Should().ThrowAsync<TenantAccessDeniedException>()).Which.SqlState.Should().Be(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task S2_a_permissive_ban_must_not_let_a_tenant_insert_into_another()
    {
        await using var article = await ArticleRecipe.CreateAsync(fixture, ArticleRecipe.TenantIsolation, ArticleRecipe.DemoNoWrites);
        // without RETURNING, which would hide it
        (await article.ExecuteAsync(fixture.OrganizationA, "INSERT INTO {t} (org_id, number) VALUES ('{b}', 'planted')")).Should().Be(1);
        (await article.ExecuteAsync(organization: null, "INSERT INTO {t} (org_id, number) VALUES ('{b}', 'planted by nobody')")).Should().Be(1);

        await A.Invoking(s => s.ExecuteAsync(
            "INSERT INTO invoices (org_id, number, amount_cents, customer_name, issued_at) VALUES (@b, 'planted', 1, 'x', now())", new { b = fixture.OrganizationB }))
            .Should().ThrowAsync<TenantAccessDeniedException>();
    }

    [Theory]
    [InlineData("UPDATE {0} SET number = 'defaced'")]
    [InlineData("DELETE FROM {0}")]
    public async Task S3_a_demo_ban_must_cover_more_than_insert(string write)
    {
        await using var article = await ArticleRecipe.CreateAsync(fixture, ArticleRecipe.TenantIsolation, ArticleRecipe.DemoNoWrites, ArticleRecipe.DemoReadOnly);
        (await article.ExecuteAsync(TenantContext.DemoOrganizationId, write.Replace("{0}", "{t}", StringComparison.Ordinal))).Should().Be(1);

        await fixture.Factory.CreateSession(TenantContext.Demo).Invoking(s => s.ExecuteAsync(write.Replace("{0}", "invoices", StringComparison.Ordinal)))
            .Should().ThrowAsync<DemoReadOnlyException>();
    }

    [Fact]
    public async Task S4_demo_rows_must_not_appear_in_every_list()
    {
        await using var article = await ArticleRecipe.CreateAsync(fixture, ArticleRecipe.TenantIsolation, ArticleRecipe.DemoReadOnly);
        (await article.QueryAsync(fixture.OrganizationA, "SELECT number FROM {t}")).Should().BeEquivalentTo("a", "demo");
        (await article.QueryAsync(organization: null, "SELECT number FROM {t}")).Should().Equal("demo");

        (await A.QueryAsync<Guid>("SELECT DISTINCT org_id FROM invoices")).Should().Equal(fixture.OrganizationA);
        (await fixture.Factory.CreateSession(TenantContext.Demo).QueryAsync<Guid>("SELECT DISTINCT org_id FROM invoices")).Should().Equal(TenantContext.DemoOrganizationId);
    }

    [Fact]
    public async Task S5_the_policy_must_leave_the_index_of_use()
    {
        const string rows = "INSERT INTO {t} (org_id, number) SELECT gen_random_uuid(), i::text FROM generate_series(1, 5000) i";
        const string explain = "EXPLAIN (COSTS OFF) SELECT * FROM {t} ORDER BY number LIMIT 50";
        await using var article = await ArticleRecipe.CreateAsync(fixture, ArticleRecipe.TenantIsolation, rows, "CREATE INDEX ON {t} (org_id, number)", "ANALYZE {t}");
        string.Join('\n', await article.QueryAsync(fixture.OrganizationA, explain)).Should().NotContain("Index Cond");

        await using var ours = await ArticleRecipe.CreateAsync(
            fixture, "CREATE POLICY tenant_isolation ON {t} USING (org_id = (SELECT NULLIF(current_setting('app.current_org_id', true), '')::uuid))",
            rows, "CREATE INDEX ON {t} (org_id, number)", "ANALYZE {t}");
        string.Join('\n', await ours.QueryAsync(fixture.OrganizationA, explain)).Should().Contain("Index Cond: (org_id = ");

        // and the policies of our own tables are of that form
        (await ours.AskSuperuserAsync<long>(
            "SELECT count(*) FROM pg_policies WHERE policyname = 'tenant_isolation' AND tablename IN ('organizations', 'invoices') AND qual ~ '= \\( SELECT app.current_org_id\\(\\)' AND qual = with_check"))
            .Should().Be(2);
    }
}
