using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.ArticleMistakes;

/// <summary>Mistakes S6 to S8 of the design.</summary>
public sealed class SettingMistakesTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private TenantContext ContextA => TenantContext.ForOrganization(fixture.OrganizationA);

    [Fact]
    public async Task S6_the_setting_must_still_be_there_when_the_query_comes()
    {
        await using var article = await ArticleRecipe.CreateAsync(fixture, ArticleRecipe.TenantIsolation);
        await using (var connection = await article.OpenAsync())
        {
            await connection.ExecuteAsync("SELECT set_config('app.current_org_id', @a, true)", new { a = fixture.OrganizationA.ToString() });
            (await connection.QueryAsync(article.Fill("SELECT * FROM {t}"))).Should().BeEmpty("the setting ended with its own statement: the tenant's list is empty without an error");
        }

        (await fixture.Factory.CreateSession(ContextA).QueryAsync<Guid>("SELECT org_id FROM invoices")).Should().NotBeEmpty();
        await using var work = await fixture.Factory.OpenConnectionAsync(ContextA);
        (await work.Connection.QueryAsync<Guid>("SELECT org_id FROM invoices")).Should().NotBeEmpty();
        (await work.Connection.QueryAsync<Guid>("SELECT org_id FROM invoices")).Should().NotBeEmpty();
    }

    [Fact]
    public async Task S7_a_superuser_or_a_role_with_bypassrls_must_not_be_let_in()
    {
        await using var article = await ArticleRecipe.CreateAsync(fixture, ArticleRecipe.TenantIsolation);
        (await article.AskSuperuserAsync<long>("SELECT count(*) FROM {t}")).Should().Be(3, "FORCE binds the owner, never a superuser");
        await article.AsSuperuserAsync("ALTER ROLE {login} BYPASSRLS");
        (await article.QueryAsync(fixture.OrganizationA, "SELECT number FROM {t}")).Should().HaveCount(3);

        await using var superuser = NpgsqlDataSource.Create(fixture.Database.OwnerConnectionString);
        await new TenantConnectionFactory(superuser).Invoking(f => f.OpenConnectionAsync(ContextA).AsTask()).Should().ThrowAsync<UnsafeDatabaseRoleException>();
        await new TenantConnectionFactory(superuser).CreateSession(ContextA).Invoking(s => s.QueryAsync<Guid>("SELECT org_id FROM invoices")).Should().ThrowAsync<UnsafeDatabaseRoleException>();
    }

    [Fact]
    public async Task S8_the_demo_organization_must_be_one_real_uuid()
    {
        await using var article = await ArticleRecipe.CreateAsync(fixture);
        foreach (var literal in new[] { "demo-public-uuid", "demo-public-uuid-static" })
        {
            await article.Invoking(r => r.AsSuperuserAsync($"INSERT INTO {{t}} (org_id) VALUES ('{literal}')")).Should().ThrowAsync<PostgresException>().WithMessage("22P02*");
        }

        (await article.AskSuperuserAsync<Guid>("SELECT app.demo_org_id()")).Should().Be(TenantContext.DemoOrganizationId);
    }
}
