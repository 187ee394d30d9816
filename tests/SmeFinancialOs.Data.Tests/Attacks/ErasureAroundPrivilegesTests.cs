using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>What acts with its owner's privileges, or in another tenant's name, does not erase a tenant's organization either.</summary>
public sealed class ErasureAroundPrivilegesTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Owners = $"""
        CREATE TABLE public.owners (org_id uuid NOT NULL, id int NOT NULL, PRIMARY KEY (org_id, id));
        COMMENT ON COLUMN public.owners.org_id IS 'tenant column: organizations refers to it';
        SELECT app.protect_table('public.owners');
        INSERT INTO public.owners VALUES ('{Seed.A}', 1), ('{Seed.A}', 2);
        DELETE FROM public.invoices;
        ALTER TABLE public.organizations ADD COLUMN owner_id int;
        UPDATE public.organizations SET owner_id = 1 WHERE id = '{Seed.A}';
        ALTER TABLE public.organizations ADD FOREIGN KEY (id, owner_id) REFERENCES public.owners ON DELETE CASCADE ON UPDATE CASCADE
        """;

    private const string Definer = """
        CREATE FUNCTION public.leave() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
            AS 'DELETE FROM public.organizations WHERE id = app.current_org_id()'
        """;

    private const string Truncater = """
        CREATE PROCEDURE public.clear() LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'TRUNCATE public.organizations CASCADE'
        """;

    private const string Upsert = $"INSERT INTO public.organizations (id, name, slug) VALUES ('{Seed.A}', 'x', 'x') ON CONFLICT (id) DO UPDATE SET";

    private const string AnotherTenant = "set_config('app.current_org_id', gen_random_uuid()::text, true)::uuid";

    /// <summary>The scene, and the attack of A in it.</summary>
    public static TheoryData<string, string> Attacks => new()
    {
        { Owners, "DELETE FROM public.owners" },
        { Owners, "WITH gone AS (DELETE FROM public.owners WHERE id = 1 RETURNING id) SELECT id FROM gone" },
        { Owners, $"UPDATE public.owners SET org_id = {AnotherTenant} WHERE id = 1" },
        { Definer, "SELECT public.leave()" },
        { Definer, "DO $$ BEGIN PERFORM public.leave(); END $$" },
        { Definer + "; GRANT USAGE ON SCHEMA app TO app_user", "RESET ROLE; SELECT public.leave()" },
        { Truncater, "CALL public.clear()" },
        { "DELETE FROM public.invoices", $"UPDATE public.organizations SET id = {AnotherTenant}" },
        { "DELETE FROM public.invoices", $"{Upsert} id = {AnotherTenant}" },
        { "DELETE FROM public.invoices",
            $"MERGE INTO public.organizations o USING (VALUES (1)) s ON slug = 'a' WHEN MATCHED THEN UPDATE SET id = {AnotherTenant}" },
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task Nothing_erases_the_organization_for_a_tenant(string scene, string attack)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: scene);
        (await trial.TryAsync(attack)).SqlState.Should().Be("42501");
        await trial.BecomeAsync(Actor.TenantA);
        (await trial.Connection.ScalarAsync<long>("SELECT count(*) FROM public.organizations")).Should().Be(1);
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task Without_the_triggers_a_tenant_erases_its_organization(string scene, string attack)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: scene + "; ALTER TABLE public.organizations DISABLE TRIGGER USER");
        (await trial.TryAsync(attack)).SqlState.Should().BeNull();
        await trial.BecomeAsync(Actor.TenantA);
        (await trial.Connection.ScalarAsync<long>("SELECT count(*) FROM public.organizations")).Should().Be(0);
    }

    [Theory]
    [InlineData("DELETE FROM public.owners WHERE id = 2")]
    [InlineData("UPDATE public.organizations SET id = id, name = 'renamed'")]
    [InlineData($"{Upsert} id = excluded.id, name = excluded.name")]
    public async Task What_keeps_the_organization_is_a_tenants_to_do(string sql)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: Owners);
        (await trial.TryAsync(sql)).SqlState.Should().BeNull();
    }

    [Theory]
    [InlineData("DELETE FROM public.owners")]
    [InlineData($"UPDATE public.organizations SET id = gen_random_uuid() WHERE id = '{Seed.B}'")]
    public async Task Admin_erases_an_organization_through_cascades_and_definer_functions(string sql)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.Admin, without: Owners);
        (await trial.TryAsync(sql)).SqlState.Should().BeNull();
        (await trial.OthersWereChangedAsync()).Should().Be(sql.Contains(Seed.B, StringComparison.Ordinal));
    }
}
