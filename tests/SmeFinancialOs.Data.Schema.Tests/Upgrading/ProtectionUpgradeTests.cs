using DbUp.Engine;
using Npgsql;

namespace SmeFinancialOs.Data.Schema.Tests.Upgrading;

/// <summary>After its scripts, a migration brings each protected table that is not as this version expects to its policies, privileges and triggers.</summary>
public sealed class ProtectionUpgradeTests
{
    private const string Faults = "SELECT f.fault FROM app.protected_tables t CROSS JOIN LATERAL app.protection_faults(t.relation) f";

    [Theory]
    [InlineData("DROP POLICY tenant_isolation ON public.orders")]
    [InlineData("ALTER POLICY tenant_isolation ON public.orders USING (true) WITH CHECK (true)")]
    [InlineData("ALTER POLICY tenant_isolation ON public.orders TO PUBLIC")]
    [InlineData("ALTER POLICY tenant_isolation ON public.orders TO tenant_role, app_user")]
    [InlineData("DROP POLICY demo_no_writes_insert ON public.orders; CREATE POLICY demo_no_writes_insert ON public.orders FOR INSERT "
        + "TO tenant_role WITH CHECK (true)")]
    [InlineData("DROP POLICY demo_no_writes_delete ON public.orders; CREATE POLICY demo_no_writes_delete ON public.orders AS RESTRICTIVE FOR "
        + "SELECT TO tenant_role, demo_role "
        + "USING (org_id <> (SELECT app.demo_org_id()))")]
    [InlineData("CREATE POLICY context_sealed ON public.orders USING (true)")]
    [InlineData("ALTER TABLE public.orders DISABLE ROW LEVEL SECURITY")]
    [InlineData("ALTER TABLE public.orders NO FORCE ROW LEVEL SECURITY")]
    [InlineData("GRANT SELECT ON public.orders TO PUBLIC")]
    [InlineData("GRANT TRUNCATE ON public.orders TO tenant_role")]
    [InlineData("GRANT SELECT ON public.orders TO tenant_role WITH GRANT OPTION")]
    [InlineData("GRANT UPDATE (note) ON public.orders TO demo_role")]
    [InlineData("REVOKE UPDATE ON public.orders FROM tenant_role")]
    [InlineData("GRANT SELECT ON public.orders TO app_user, admin_user")]
    [InlineData("GRANT DELETE ON public.organizations TO tenant_role")]
    [InlineData("DROP TRIGGER keep_organization_row ON public.organizations")]
    [InlineData("ALTER TABLE public.organizations DISABLE TRIGGER keep_organization_id")]
    [InlineData("GRANT SELECT ON public.parts_1 TO tenant_role")]
    [InlineData("ALTER TABLE public.parts_1 DISABLE ROW LEVEL SECURITY")]
    public async Task A_table_that_is_not_as_expected_is_brought_to_it_and_no_other_is_changed(string change)
    {
        var database = await InstallAsync();
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        (await superuser.ListAsync<string>(Faults)).Should().BeEmpty();
        var before = await PoliciesAsync(superuser);
        await superuser.RunAsync(change);
        (await superuser.ListAsync<string>(Faults)).Should().NotBeEmpty(change);

        var result = await new SchemaMigrator(database).MigrateAsync(Sql.Cancel);

        result.UpdatedTables.Should().ContainSingle();
        result.OutdatedTables.Should().BeEmpty();
        (await superuser.ListAsync<string>(Faults)).Should().BeEmpty();
        (await PoliciesAsync(superuser)).Should().Equal(before);
        (await new SchemaMigrator(database).MigrateAsync(Sql.Cancel)).UpdatedTables.Should().BeEmpty();
    }

    [Fact]
    public async Task Restrictive_policies_of_the_hosts_and_privileges_of_other_roles_are_left()
    {
        var database = await InstallAsync();
        var other = (await TestServer.GetSharedAsync(Sql.Cancel)).NewRoleName("reporter");
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        await superuser.RunAsync($"CREATE POLICY mine ON public.orders AS RESTRICTIVE TO tenant_role USING (note <> 'x'); CREATE ROLE {other}; "
            + $"GRANT SELECT ON public.orders TO {other}");
        (await superuser.ListAsync<string>(Faults)).Should().BeEmpty();
        await superuser.RunAsync("DROP POLICY admin_access ON public.orders");
        (await new SchemaMigrator(database).MigrateAsync(Sql.Cancel)).UpdatedTables.Should().Equal("public.orders");
        (await superuser.CountAsync("pg_policy WHERE polname = 'mine'")).Should().Be(1);
        (await superuser.ScalarAsync<bool>($"SELECT has_table_privilege('{other}', 'public.orders', 'SELECT')")).Should().BeTrue();
    }

    [Fact]
    public async Task A_table_in_use_is_reported_and_updated_by_the_next_run_and_one_that_is_as_expected_is_not_waited_for()
    {
        var database = await InstallAsync();
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        await superuser.RunAsync("DROP POLICY admin_access ON public.orders; DROP POLICY admin_access ON public.parts");
        await using var reader = await Sql.OpenAsync(database, Sql.Cancel);
        await reader.RunAsync("BEGIN; SELECT FROM public.orders; SELECT FROM public.invoices; SELECT FROM public.organizations");
        var migrator = new SchemaMigrator(database, new() { TableLockTimeout = TimeSpan.FromMilliseconds(50) });

        var first = await migrator.MigrateAsync(Sql.Cancel);

        first.UpdatedTables.Should().Equal("public.parts");
        var left = first.OutdatedTables.Should().ContainSingle().Which;
        (left.Table, left.Faults).Should().Be(("public.orders", "policy admin_access is missing"));
        left.Reason.Should().StartWith("55P03: ");
        await reader.RunAsync("ROLLBACK");
        (await migrator.MigrateAsync(Sql.Cancel)).UpdatedTables.Should().Equal("public.orders");
    }

    [Fact]
    public async Task A_table_that_the_owners_role_may_not_alter_is_reported()
    {
        var database = await InstallAsync();
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        await superuser.RunAsync("ALTER TABLE public.orders OWNER TO CURRENT_USER; DROP POLICY admin_access ON public.orders");
        var left = (await new SchemaMigrator(database).MigrateAsync(Sql.Cancel)).OutdatedTables.Should().ContainSingle().Which;
        left.Table.Should().Be("public.orders");
        left.Reason.Should().StartWith("42501: table public.orders belongs to ").And.EndWith(", and app_owner may not alter it");
        left.ToString().Should().Be("public.orders is not as this version expects (policy admin_access is missing; policy demo_read_by_owner is another; "
            + $"policy owner_maintenance is another), and could not be changed: {left.Reason}");
        await superuser.RunAsync("SELECT app.apply_protection('public.orders')");
        (await superuser.ListAsync<string>(Faults)).Should().BeEmpty();
    }

    /// <summary>
    /// Its functions belong to the owner's role: a superuser that migrates must not run what a careless, or malicious, migration has put in their place.
    /// </summary>
    [Fact]
    public async Task What_the_owners_role_has_put_in_the_place_of_the_functions_does_not_run_as_a_superuser()
    {
        var database = await InstallAsync();
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        await superuser.RunAsync("""
            SET ROLE app_owner;
            CREATE TABLE app.ran_as (who text);
            CREATE FUNCTION app.note() RETURNS boolean LANGUAGE sql AS $$ INSERT INTO app.ran_as VALUES (current_user); SELECT true $$;
            CREATE OR REPLACE FUNCTION app.protection_faults(target regclass) RETURNS TABLE (policy text, fault text) LANGUAGE sql
                AS $$ SELECT NULL::text, 'x' WHERE app.note() $$;
            RESET ROLE;
            """);
        await new SchemaMigrator(database).MigrateAsync(Sql.Cancel);
        (await superuser.ListAsync<string>("SELECT DISTINCT who FROM app.ran_as")).Should().Equal("app_owner");
    }

    /// <summary>
    /// What the next version may bring: another policy on every table. A guard that is on accepts the old and the new ones while tables are brought to them.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Changed_policies_reach_every_table_also_where_the_guard_is_on(bool isGuarded)
    {
        var database = await InstallAsync(isGuarded);
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        await using var reader = await Sql.OpenAsync(database, Sql.Cancel);
        await reader.RunAsync("BEGIN; SELECT FROM public.orders");
        var migrator = new SchemaMigrator(database, new() { TableLockTimeout = TimeSpan.FromMilliseconds(50) }, ScriptsWithAnotherPolicy());

        var first = await migrator.MigrateAsync(Sql.Cancel);

        first.Applied.Should().Equal("objects/protection.sql");
        first.UpdatedTables.Should().Equal("public.invoices", "public.organizations", "public.parts");
        first.OutdatedTables.Should().ContainSingle().Which.Table.Should().Be("public.orders");
        await reader.RunAsync("ROLLBACK");
        (await migrator.MigrateAsync(Sql.Cancel)).UpdatedTables.Should().Equal("public.orders");
        (await superuser.CountAsync("pg_policy WHERE polname = 'no_deletes_at_all'")).Should().Be(4);
        if (!isGuarded)
            return;
        (await superuser.ListAsync<string>("SELECT object || fault FROM app_guard.faults()")).Should().BeEmpty();
        (await superuser.RefusalAsync("DROP POLICY tenant_isolation ON public.orders")).SqlState.Should().Be("42P17");
        (await superuser.RefusalAsync("ALTER POLICY no_deletes_at_all ON public.orders USING (true)")).SqlState.Should().Be("42P17");
    }

    /// <summary>A guard that knows no policies of before, because it is turned on now, would refuse the tables that still have them.</summary>
    [Fact]
    public async Task Changed_policies_and_the_guard_can_come_in_one_migration()
    {
        var database = await InstallAsync();
        await new SchemaMigrator(database, new() { Guard = true }, ScriptsWithAnotherPolicy()).MigrateAsync(Sql.Cancel);
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        (await superuser.CountAsync("pg_policy WHERE polname = 'no_deletes_at_all'")).Should().Be(4);
        (await superuser.ListAsync<string>("SELECT object || fault FROM app_guard.faults()")).Should().BeEmpty();
    }

    /// <summary>One definition of each: who changes a policy changes it there.</summary>
    [Fact]
    public void The_policies_the_privileges_and_the_triggers_are_defined_in_one_file()
    {
        string[] texts =
        [
            "admin_access'", "demo_read_only", "demo_no_writes", "context_sealed'", "AS current_org_id)", "AS demo_org_id)",
            "tenant_org_id FROM app_seal.context c))", "UPDATE OF {id}", "ARRAY['SELECT'",
        ];
        foreach (var text in texts)
            FilesWith(text).Should().Equal(["objects/protection.sql"], text);
        FilesWith("CREATE POLICY %I").Should().Equal("objects/apply_protection.sql");

        static IEnumerable<string> FilesWith(string text) => EmbeddedScripts.All.Concat(EmbeddedScripts.Guard).Concat(EmbeddedScripts.Seal)
            .Where(script => script.Contents.Contains(text, StringComparison.Ordinal)).Select(script => script.Name);
    }

    private static MigrationScripts ScriptsWithAnotherPolicy()
    {
        SqlScript[] core =
            [.. EmbeddedScripts.Core.Select(script => script.Name != "objects/protection.sql" ? script : new(script.Name, script.Contents.Replace(
            "        (shared, 'owner_access',",
                "        (own, 'no_deletes_at_all', 'DELETE', false, ARRAY['tenant_role'], 'false', NULL, NULL),\n        (shared, 'owner_access',")))];
        return new MigrationScripts(core, EmbeddedScripts.Invoicing, EmbeddedScripts.Guard, EmbeddedScripts.Seal);
    }

    private static async Task<string> InstallAsync(bool isGuarded = false)
    {
        var database = await MigratedCopy.CreateAsync(isGuarded);
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        await superuser.RunAsync("""
            BEGIN;
            SET LOCAL ROLE app_owner;
            CREATE TABLE public.orders (org_id uuid NOT NULL REFERENCES public.organizations (id) ON DELETE CASCADE, id int, note text,
                PRIMARY KEY (org_id, id));
            CREATE TABLE public.parts (org_id uuid NOT NULL REFERENCES public.organizations (id) ON DELETE CASCADE, day date, PRIMARY KEY (org_id, day))
                PARTITION BY RANGE (day);
            CREATE TABLE public.parts_1 PARTITION OF public.parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
            SELECT app.protect_table('public.orders'), app.protect_table('public.parts');
            COMMIT
            """);
        return database;
    }

    private static Task<List<string>> PoliciesAsync(NpgsqlConnection connection) => connection.ListAsync<string>("""
        SELECT format('%s', p) FROM pg_policies p WHERE schemaname = 'public'
        UNION ALL SELECT format('%s %s %s %s', relname, relrowsecurity, relforcerowsecurity, ARRAY(SELECT a::text FROM unnest(relacl) a ORDER BY 1))
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        UNION ALL SELECT format('%s %s', tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
        ORDER BY 1
        """);
}
