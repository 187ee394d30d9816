using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>Privileges that do not ask the policies are granted to nobody.</summary>
public sealed class GrantTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    [Fact]
    public async Task The_grants_on_tenant_tables_are_these_and_no_others()
    {
        const string sql = """
            SELECT c.relname || ' ' || CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END || ' ' ||
                string_agg(a.privilege_type, ',' ORDER BY a.privilege_type)
            FROM pg_class c, aclexplode(c.relacl) a
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.grantee <> c.relowner
            GROUP BY c.relname, a.grantee
            """;
        await using var superuser = await fixture.OpenAsSuperuserAsync();
        (await superuser.ReadAsync(sql)).Should().BeEquivalentTo(
            "invoices tenant_role DELETE,INSERT,SELECT,UPDATE", "invoices admin_role DELETE,INSERT,SELECT,UPDATE", "invoices demo_role SELECT",
            "organizations tenant_role INSERT,SELECT,UPDATE", "organizations admin_role DELETE,INSERT,SELECT,UPDATE", "organizations demo_role SELECT");
        (await superuser.ReadAsync("SELECT attrelid::regclass FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid "
            + "IN ('public.invoices'::regclass, 'public.organizations'::regclass)"))
            .Should().BeEmpty("nothing is granted by column");
    }

    [Fact]
    public async Task Protect_table_takes_back_what_was_granted_before()
    {
        const string scene = "GRANT ALL ON public.invoices TO PUBLIC, app_user, tenant_role, demo_role; GRANT UPDATE (customer_name) ON public.invoices "
            + "TO demo_role; SELECT app.protect_table('public.invoices')";
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: scene);
        (await trial.TryAsync("TRUNCATE public.invoices")).SqlState.Should().Be("42501");
        await trial.BecomeAsync(Actor.AppUser);
        (await trial.TryAsync("SELECT 1 FROM public.invoices")).SqlState.Should().Be("42501");
        await trial.BecomeAsync(Actor.Demo);
        (await trial.TryAsync("UPDATE public.invoices SET customer_name = ''")).SqlState.Should().Be("42501");
    }

    [Fact]
    public async Task A_REFERENCES_grant_would_be_an_oracle_for_foreign_rows()
    {
        const string probe = $"CREATE TABLE mine.probe (org uuid REFERENCES public.organizations (id)); INSERT INTO mine.probe VALUES ('{Seed.B}')";
        const string room = "CREATE SCHEMA mine AUTHORIZATION tenant_role";
        await using (var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: room))
            (await trial.TryAsync(probe)).SqlState.Should().Be("42501");

        await using var granted = await Attack.StartAsync(fixture, Actor.TenantA, without: room + "; GRANT REFERENCES ON public.organizations TO tenant_role");
        (await granted.TryAsync(probe)).SqlState.Should().BeNull();
        (await granted.TryAsync($"INSERT INTO mine.probe VALUES ('{Guid.NewGuid()}')")).SqlState.Should().Be("23503", "so B is a customer and this is none");
    }

    [Fact]
    public async Task A_TRIGGER_grant_would_copy_foreign_rows_as_they_are_written()
    {
        const string room = """
            CREATE SCHEMA mine AUTHORIZATION tenant_role;
            CREATE TABLE mine.copied (secret text); GRANT ALL ON mine.copied TO tenant_role; GRANT USAGE ON SCHEMA mine TO tenant_role
            """;
        const string tap = """
            CREATE FUNCTION mine.tap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO mine.copied VALUES (NEW.customer_name); RETURN NEW; END $$;
            CREATE TRIGGER tap AFTER INSERT ON public.invoices FOR EACH ROW EXECUTE FUNCTION mine.tap()
            """;
        await using (var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: room))
            (await trial.TryAsync(tap)).SqlState.Should().Be("42501");

        await using var granted = await Attack.StartAsync(fixture, Actor.TenantA, without: room + "; GRANT TRIGGER ON public.invoices TO tenant_role");
        (await granted.TryAsync(tap)).SqlState.Should().BeNull();
        await granted.BecomeAsync(Actor.TenantB);
        (await granted.TryAsync(Seed.Insert(Seed.B))).SqlState.Should().BeNull();
        await granted.BecomeAsync(Actor.TenantA);
        (await granted.TryAsync("TABLE mine.copied")).Values.Should().Equal("planted");
    }
}
