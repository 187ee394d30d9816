using SmeFinancialOs.Data.Schema.Tests.TenantTypes;

namespace SmeFinancialOs.Data.Schema.Tests.TableKinds;

/// <summary>The three calls that protect tables: repeating, upgrades, the way back, the tenant guard.</summary>
public sealed class TableKindTests
{
    private const string State = """
        SELECT string_agg(s.line, E'\n' ORDER BY s.line) FROM (
            SELECT p::text FROM pg_policies p WHERE p.schemaname = 'shop'
            UNION ALL SELECT c.relname || ' ' || coalesce(c.relacl::text, '') || c.relrowsecurity || c.relforcerowsecurity FROM pg_class c
                WHERE c.relnamespace = 'shop'::regnamespace AND c.relkind IN ('r', 'p', 'S')
            UNION ALL SELECT a.attrelid::regclass || '.' || a.attname || coalesce(a.attacl::text, '') || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
                FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relnamespace = 'shop'::regnamespace AND c.relkind IN ('r', 'p')
                LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            UNION ALL SELECT g.tgrelid::regclass || pg_get_triggerdef(g.oid) || g.tgenabled::text FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
                WHERE c.relnamespace = 'shop'::regnamespace AND NOT g.tgisinternal
            UNION ALL SELECT t::text FROM app.protected_tables t) AS s (line)
        """;

    [Theory]
    [MemberData(nameof(ShopDatabase.Forms), MemberType = typeof(ShopDatabase))]
    public async Task Repeating_the_calls_and_upgrades_change_nothing(TenantIdType type, bool isHardened)
    {
        var database = await ShopDatabase.CreateAsync(type, isHardened);
        await using var superuser = await database.OpenAsync();
        var before = await superuser.ScalarAsync<string>(State);

        await superuser.RunAsync($"SET ROLE app_owner; {ShopDatabase.Protection}; RESET ROLE");
        (await superuser.ScalarAsync<string>(State)).Should().Be(before);
        await Psql.ApplyAsync(database.ConnectionString, "without_invoicing=1");
        (await superuser.ScalarAsync<string>(State)).Should().Be(before);
        (await new SchemaMigrator(database.ConnectionString, new() { Invoicing = false }).MigrateAsync(Sql.Cancel)).OutdatedTables.Should().BeEmpty();
        (await superuser.ScalarAsync<string>(State)).Should().Be(before);
        await database.ShouldSatisfyTheGuardAsync();
    }

    [Theory]
    [MemberData(nameof(ShopDatabase.Forms), MemberType = typeof(ShopDatabase))]
    public async Task Upgrade_restores_what_a_table_of_each_kind_has_lost(TenantIdType type, bool isHardened)
    {
        var database = await ShopDatabase.CreateAsync(type, isHardened);
        await using var superuser = await database.OpenAsync();
        var before = await superuser.ScalarAsync<string>(State);

        await superuser.RunAsync("""
            DO $$ BEGIN IF EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'tenant_guard') THEN ALTER EVENT TRIGGER tenant_guard DISABLE; END IF; END $$;
            ALTER POLICY tenant_isolation ON shop.notes USING (true);
            DROP POLICY own_user ON shop.users;
            ALTER TABLE shop.countries NO FORCE ROW LEVEL SECURITY;
            GRANT INSERT ON shop.memberships TO tenant_role;
            GRANT SELECT (password_hash) ON shop.users TO tenant_role;
            GRANT INSERT ON shop.countries TO tenant_role
            """);
        (await superuser.CountAsync("app.protected_tables t CROSS JOIN LATERAL app.protection_faults(t.relation)")).Should().Be(6);
        await superuser.RunAsync("""
            SELECT app.apply_protection(t.relation) FROM app.protected_tables t;
            DO $$ BEGIN IF EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'tenant_guard') THEN
                ALTER EVENT TRIGGER tenant_guard ENABLE ALWAYS; END IF; END $$
            """);

        (await superuser.ScalarAsync<string>(State)).Should().Be(before);
        await database.ShouldSatisfyTheGuardAsync();
    }

    [Theory]
    [InlineData("ALTER POLICY tenant_isolation ON shop.notes USING (true)")]
    [InlineData("ALTER POLICY tenant_isolation ON shop.attachments WITH CHECK (true)")]
    [InlineData("ALTER POLICY tenant_isolation ON shop.users USING (true)")]
    [InlineData("ALTER POLICY own_user ON shop.users USING (true)")]
    [InlineData("ALTER POLICY own_user ON shop.users TO PUBLIC")]
    [InlineData("ALTER POLICY shared_read ON shop.countries TO PUBLIC")]
    [InlineData("ALTER POLICY owner_maintenance ON shop.notes USING (true)")]
    [InlineData("CREATE POLICY tenant_isolation ON shop.countries TO tenant_role USING (true)")]
    [InlineData("CREATE POLICY demo_read_by_owner ON shop.countries TO tenant_role USING (true)")]
    [InlineData("CREATE POLICY own_user ON shop.notes TO tenant_role USING (true)")]
    [InlineData("CREATE POLICY shared_read ON shop.orders FOR SELECT TO tenant_role USING (true)")]
    [InlineData("CREATE POLICY extra ON shop.users FOR SELECT TO tenant_role USING (true)")]
    [InlineData("ALTER TABLE shop.notes DISABLE ROW LEVEL SECURITY")]
    [InlineData("ALTER TABLE shop.countries NO FORCE ROW LEVEL SECURITY")]
    [InlineData("GRANT INSERT ON shop.memberships TO tenant_role")]
    [InlineData("GRANT INSERT (tenant, user_id) ON shop.memberships TO tenant_role")]
    [InlineData("GRANT UPDATE ON shop.memberships TO tenant_role")]
    [InlineData("GRANT UPDATE (user_id) ON shop.memberships TO tenant_role")]
    [InlineData("GRANT SELECT ON shop.users TO tenant_role")]
    [InlineData("GRANT SELECT (password_hash) ON shop.users TO tenant_role")]
    [InlineData("GRANT SELECT (password_hash) ON shop.users TO demo_role")]
    [InlineData("GRANT UPDATE (email) ON shop.users TO tenant_role")]
    [InlineData("GRANT INSERT ON shop.countries TO tenant_role")]
    [InlineData("GRANT SELECT ON shop.countries TO app_user")]
    [InlineData("GRANT TRUNCATE ON shop.countries TO tenant_role")]
    [InlineData("ALTER TABLE shop.notes OWNER TO app_user")]
    public async Task Guard_refuses_a_weakening_of_a_table_of_each_kind(string change)
    {
        var database = await GuardedShop.Value;
        await using var superuser = await database.OpenAsync();

        (await superuser.RefusalAsync($"BEGIN; {change}; COMMIT")).MessageText.Should().StartWith("the tenant guard refuses this transaction: shop.");
        await superuser.RunAsync("ROLLBACK");
        await database.ShouldSatisfyTheGuardAsync();
    }

    [Fact]
    public async Task Guard_accepts_each_way_back()
    {
        var database = await ShopDatabase.CreateAsync(TenantIdType.Bigint, isHardened: true);
        await using var superuser = await database.OpenAsync();

        await superuser.RunAsync("""
            SET ROLE app_owner;
            BEGIN;
            SELECT app.unprotect_table('shop.notes'), app.unprotect_table('shop.users'), app.unprotect_table('shop.countries'),
                app.unprotect_table('shop.lines');
            SELECT app_guard.allow('shop.notes', 'a test'), app_guard.allow('shop.users', 'a test'), app_guard.allow('shop.countries', 'a test'),
                app_guard.allow('shop.lines', 'a test');
            COMMIT;
            RESET ROLE
            """);

        (await superuser.CountAsync("pg_policies WHERE schemaname = 'shop' AND tablename IN ('notes', 'users', 'countries', 'lines')")).Should().Be(0);
        (await superuser.CountAsync("pg_trigger WHERE tgrelid = 'shop.lines'::regclass AND NOT tgisinternal")).Should().Be(0);
        (await superuser.CountAsync("pg_attrdef WHERE adrelid = 'shop.lines'::regclass AND pg_get_expr(adbin, adrelid) ~ 'current_org_id'")).Should().Be(0);
        foreach (var table in new[] { "shop.notes", "shop.users", "shop.countries", "shop.lines" })
        {
            await using var a = await database.OpenAsync("tenant_role", database.A);
            (await a.RefusalAsync($"SELECT FROM {table}")).SqlState.Should().Be("42501");
        }
    }

    [Fact]
    public async Task Parent_without_its_foreign_key_is_a_fault_and_shows_nothing()
    {
        var database = await ShopDatabase.CreateAsync(TenantIdType.Uuid, isHardened: false);
        await using var superuser = await database.OpenAsync();
        await superuser.RunAsync("ALTER TABLE shop.notes DROP CONSTRAINT notes_attachment_id_fkey");

        (await superuser.ListAsync<string>("SELECT fault FROM app.protection_faults('shop.notes')"))
            .Should().Contain("no foreign key ties it to shop.attachments");
        (await superuser.RefusalAsync("SELECT app.apply_protection('shop.notes')")).Hint.Should().StartWith("Add the foreign key");
        await using var a = await database.OpenAsync("tenant_role", database.A);
        (await a.ScalarAsync<string>("SELECT string_agg(id::text, ',') FROM shop.notes")).Should().Be("1", "the policies are as they were");
    }

    [Fact]
    public async Task Renamed_tables_and_columns_stay_protected_by_the_same_policies()
    {
        var database = await ShopDatabase.CreateAsync(TenantIdType.Text, isHardened: true);
        await using var superuser = await database.OpenAsync();

        await superuser.RunAsync("""
            BEGIN;
            SET LOCAL ROLE app_owner;
            ALTER TABLE shop.attachments RENAME TO "Files";
            ALTER TABLE shop."Files" RENAME id TO "Id";
            SELECT app.tell_guard();
            COMMIT
            """);

        await database.ShouldSatisfyTheGuardAsync();
    }

    private static Lazy<Task<TypedDatabase>> GuardedShop { get; } = new(() => ShopDatabase.CreateAsync(TenantIdType.Uuid, isHardened: true));
}
