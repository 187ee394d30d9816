namespace SmeFinancialOs.Data.Schema.Tests;

/// <summary>The way back from app.protect_table.</summary>
public sealed class UnprotectTableTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    [Fact]
    public async Task The_apps_roles_lose_the_table_and_no_migration_protects_it_again()
    {
        await using var owner = await OwnerAsync("""
            CREATE TABLE plain (org_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE, id serial, note text, PRIMARY KEY (org_id, id));
            SELECT app.protect_table('plain');
            """);
        await using var superuser = await database.OpenAsync();
        await superuser.RunAsync($"INSERT INTO plain (org_id) VALUES ('{MigratedDatabase.A}'), ('{MigratedDatabase.B}')");
        await using var tenant = await database.OpenAsync("tenant_role", MigratedDatabase.A);
        await using var admin = await database.OpenAsync("admin_role");
        (await tenant.CountAsync("plain")).Should().Be(1);

        await owner.RunAsync("SELECT app.unprotect_table('plain')");

        foreach (var reader in new[] { tenant, admin })
        {
            (await reader.RefusalAsync("SELECT FROM plain")).SqlState.Should().Be("42501");
            (await reader.RefusalAsync("SELECT nextval('plain_id_seq')")).SqlState.Should().Be("42501");
        }

        (await owner.CountAsync("plain")).Should().Be(2, "row-level security is off for its owner");
        (await owner.CountAsync("pg_policy WHERE polrelid = 'plain'::regclass")).Should().Be(0);
        (await new SchemaMigrator(database.ConnectionString).MigrateAsync(Sql.Cancel)).UpdatedTables.Should().BeEmpty();
        (await admin.ListAsync<string>($"SELECT table_name FROM app.delete_tenant('{MigratedDatabase.B}')")).Should().NotContain("public.plain");
        (await owner.RefusalAsync("SELECT app.unprotect_table('plain')")).Hint.Should().Contain("app.protected_tables");

        await owner.RunAsync("SELECT app.protect_table('plain')");
        (await tenant.CountAsync("plain")).Should().Be(1);
        await owner.RunAsync("DROP TABLE plain");
    }

    [Fact]
    public async Task Partitions_go_with_their_parent_and_policies_of_the_hosts_stay()
    {
        await using var owner = await OwnerAsync("""
            CREATE TABLE parts (org_id uuid NOT NULL REFERENCES organizations, day date) PARTITION BY RANGE (day);
            CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
            CREATE POLICY mine ON parts AS RESTRICTIVE USING (true);
            SELECT app.protect_table('parts');
            SELECT app.unprotect_table('parts');
            """);
        (await owner.ListAsync<string>("SELECT polname::text FROM pg_policy WHERE polrelid = 'parts'::regclass")).Should().Equal("mine");
        (await owner.CountAsync("pg_class WHERE relname LIKE 'parts%' AND relrowsecurity")).Should().Be(0);
        await owner.RunAsync("DROP TABLE parts");
    }

    [Theory]
    [InlineData("tenant_role")]
    [InlineData("demo_role")]
    [InlineData("admin_role")]
    public async Task No_role_of_the_app_can_call_it(string role)
    {
        await using var attacker = await database.OpenAsync(role, role == "admin_role" ? null : MigratedDatabase.A);
        (await attacker.RefusalAsync("SELECT app.unprotect_table('invoices')")).SqlState.Should().Be("42501");
        (await attacker.RefusalAsync("DELETE FROM app.protected_tables")).SqlState.Should().Be("42501");
        (await attacker.RefusalAsync("SELECT app.use_tenants('invoices', 'org_id')")).SqlState.Should().Be("42501");
        (await attacker.RefusalAsync("SELECT app.apply_protection('invoices')")).SqlState.Should().Be("42501");
    }

    /// <summary>A host's own table of tenants, and no second one.</summary>
    [Fact]
    public async Task Another_table_becomes_that_of_the_tenants_once_the_first_one_is_not_any_more()
    {
        var empty = await (await TestServer.GetSharedAsync(Sql.Cancel)).CreateEmptyDatabaseAsync(Sql.Cancel);
        await new SchemaMigrator(empty).MigrateAsync(Sql.Cancel);
        await using var superuser = await Sql.OpenAsync(empty, Sql.Cancel);
        await superuser.RunAsync("SET ROLE app_owner; CREATE TABLE public.accounts (account uuid PRIMARY KEY)");
        (await superuser.RefusalAsync("SELECT app.use_tenants('public.accounts', 'account')")).MessageText
            .Should().Be("public.accounts cannot be the tenants' table: public.organizations (id) is");
        await superuser.RunAsync("SELECT app.unprotect_table('public.organizations'), app.use_tenants('public.accounts', 'account')");
        await superuser.RunAsync($"RESET ROLE; INSERT INTO public.accounts VALUES ('{MigratedDatabase.A}'), ('{MigratedDatabase.B}')");
        await using var tenant = await Sql.OpenAsync(empty.As("app_user"), Sql.Cancel);
        await tenant.RunAsync($"SET ROLE tenant_role; SELECT set_config('app.current_org_id', '{MigratedDatabase.A}', false)");
        (await tenant.CountAsync("public.accounts")).Should().Be(1);
        (await tenant.RefusalAsync("DELETE FROM public.accounts")).SqlState.Should().Be("42501");
        (await tenant.RefusalAsync("SELECT FROM public.organizations")).SqlState.Should().Be("42501");
        (await superuser.CountAsync("pg_trigger WHERE tgrelid = 'public.organizations'::regclass AND NOT tgisinternal")).Should().Be(0);
    }

    private async Task<Npgsql.NpgsqlConnection> OwnerAsync(string sql)
    {
        var owner = await database.OpenAsync();
        await owner.RunAsync("SET ROLE app_owner");
        await owner.RunAsync(sql);
        return owner;
    }
}
