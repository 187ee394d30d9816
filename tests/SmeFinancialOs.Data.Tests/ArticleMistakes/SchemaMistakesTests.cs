using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.ArticleMistakes;

/// <summary>Mistakes S9 to S11 of the design.</summary>
public sealed class SchemaMistakesTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private ITenantSession A => fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationA));

    [Fact]
    public async Task S9_one_protected_table_must_not_hide_the_forgotten_ones()
    {
        const string migration = """
            CREATE TABLE lint_protected (org_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (org_id, id));
            ALTER TABLE lint_protected ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
            CREATE TABLE lint_forgotten (org_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (org_id, id));
            CREATE TABLE lint_undone (org_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (org_id, id));
            ALTER TABLE lint_undone ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
            ALTER TABLE lint_undone RENAME TO lint_renamed;
            ALTER TABLE lint_renamed DISABLE ROW LEVEL SECURITY;
            """;
        migration.Contains("ROW LEVEL SECURITY", StringComparison.Ordinal).Should().BeTrue("this is all the article's lint looks for, so it is content");

        await using var superuser = await fixture.OpenAsSuperuserAsync();
        await superuser.ExecuteAsync(migration);
        const string unprotected = """
            SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('org_id') AND NOT a.attisdropped
            WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1
            """;
        (await superuser.QueryAsync<string>(unprotected)).Should().Equal("lint_forgotten", "lint_renamed");

        await superuser.ExecuteAsync("DROP TABLE lint_protected, lint_forgotten, lint_renamed");
        (await superuser.QueryAsync<string>(unprotected)).Should().BeEmpty("no table of ours is without");
    }

    [Fact]
    public async Task S10_a_tenant_must_not_list_the_other_customers()
    {
        await using var article = await ArticleRecipe.CreateAsync(fixture, "ALTER TABLE {t} DISABLE ROW LEVEL SECURITY"); // as the article's organizations
        (await article.QueryAsync(fixture.OrganizationA, "SELECT number FROM {t}")).Should().HaveCount(3);

        (await A.QueryAsync<Guid>("SELECT id FROM organizations")).Should().Equal(fixture.OrganizationA);
    }

    [Fact]
    public async Task S11_a_key_must_not_tell_that_another_tenant_has_it()
    {
        var taken = Guid.NewGuid();
        await using var article = await ArticleRecipe.CreateAsync(fixture, ArticleRecipe.TenantIsolation, $"INSERT INTO {{t}} (id, org_id) VALUES ('{taken}', '{{b}}')");
        var probe = $"INSERT INTO {{t}} (id, org_id) VALUES ('{taken}', '{{a}}')";
        (await article.Invoking(r => r.ExecuteAsync(fixture.OrganizationA, probe)).Should().ThrowAsync<PostgresException>()).Which.SqlState.Should().Be("23505");

        var b = await new InvoiceRepository(fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationB))).InsertAsync(Invoices.New());
        var mine = await new InvoiceRepository(A).InsertAsync(Invoices.New(b.Number) with { Id = b.Id });
        mine.OrganizationId.Should().Be(fixture.OrganizationA);
    }

    [Fact]
    public async Task S11_a_row_must_not_refer_to_another_tenants()
    {
        await using var article = await ArticleRecipe.CreateAsync(fixture, ArticleRecipe.TenantIsolation);
        var parentOfB = await article.AskSuperuserAsync<Guid>("SELECT id FROM {t} WHERE org_id = '{b}'");
        var child = article.Table + "_child";
        await article.AsSuperuserAsync($"CREATE TABLE {child} (org_id uuid NOT NULL, parent uuid REFERENCES {{t}} (id)); GRANT ALL ON {child} TO {{login}}");
        (await article.ExecuteAsync(fixture.OrganizationA, $"INSERT INTO {child} VALUES ('{{a}}', '{parentOfB}')")).Should().Be(1, "referential integrity does not ask the policies");

        await article.AsSuperuserAsync(
            """
            CREATE TABLE public.payments (
                org_id uuid NOT NULL DEFAULT app.current_org_id(), id uuid NOT NULL DEFAULT gen_random_uuid(), invoice_id uuid NOT NULL,
                PRIMARY KEY (org_id, id), FOREIGN KEY (org_id, invoice_id) REFERENCES public.invoices (org_id, id));
            SELECT app.protect_table('public.payments');
            """);
        var invoiceOfB = await article.AskSuperuserAsync<Guid>("SELECT id FROM public.invoices WHERE org_id = '{b}' LIMIT 1");
        var messages = new List<string>();
        foreach (var id in new[] { invoiceOfB, Guid.NewGuid() })
            messages.Add((await A.Invoking(s => s.ExecuteAsync("INSERT INTO payments (invoice_id) VALUES (@id)", new { id })).Should().ThrowAsync<MissingReferenceException>()).Which.Message);
        messages.Distinct().Should().ContainSingle("the answer must not tell an invoice that exists elsewhere from one that does not");
    }
}
