namespace SmeFinancialOs.Data.Schema.Tests.Upgrading;

/// <summary>A database of an older version, with rows, gets what has changed since, whatever its host has turned on.</summary>
public sealed class UpgradeTests
{
    private const string Delete = "DELETE FROM public.organizations";
    private const string OldErase = $"SELECT app.delete_organization('{MigratedDatabase.A}')";
    private const string Erase = $"SELECT app.delete_tenant('{MigratedDatabase.A}')";

    /// <summary>Those of version 9.</summary>
    public static TheoryData<string> Forms => [.. OldVersion.Forms.Select(row => row.Data).Where(form => !form.StartsWith("version 10"))];

    public static TheoryData<string> AllForms => OldVersion.AllForms;

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_tenant_could_erase_its_organization_and_cannot_after_the_upgrade(string form)
    {
        var database = await OldVersion.InstallAsync(form);
        await using var tenant = await database.OpenAsync(database.Roles.Tenant, MigratedDatabase.A);
        foreach (var attack in new[] { Delete, OldErase })
        {
            await tenant.RunAsync("BEGIN");
            await tenant.RunAsync(attack);
            (await tenant.CountAsync("public.organizations")).Should().Be(0, "version 9 allowed it");
            await tenant.RunAsync("ROLLBACK");
        }

        var rows = await database.RowsAsync();
        await database.UpgradeAsync();

        (await database.RowsAsync()).Should().Be(rows);
        foreach (var attack in new[] { Delete, Erase, $"WITH gone AS ({Delete} RETURNING id) SELECT * FROM gone", "TRUNCATE public.organizations CASCADE" })
            (await tenant.RefusalAsync(attack)).SqlState.Should().Be("42501");
        (await tenant.RefusalAsync(OldErase)).SqlState.Should().Be("42883", "it has another name now");
        (await database.RowsAsync()).Should().Be(rows);
    }

    [Theory]
    [MemberData(nameof(AllForms))]
    public async Task Upgraded_database_serves_tenants_the_demo_and_admins(string form)
    {
        var database = await OldVersion.InstallUpgradedAsync(form);

        await using (var tenant = await database.OpenAsync(database.Roles.Tenant, MigratedDatabase.B))
        {
            (await tenant.RunAsync("UPDATE public.organizations SET name = 'renamed'")).Should().Be(1);
            (await tenant.RunAsync("DELETE FROM public.invoices WHERE number = 'N1'")).Should().Be(1);
            (await tenant.RunAsync("DELETE FROM public.orders WHERE id = 1")).Should().Be(1);
            (await tenant.CountAsync("public.invoices")).Should().Be(19);
        }

        await using (var admin = await database.OpenAsync(database.Roles.Admin, null))
            (await admin.ListAsync<string>(Erase.Replace("app.delete_tenant", "table_name || ' ' || deleted_rows FROM app.delete_tenant")))
                .Should().Equal("public.organizations 1", "public.invoices 20", "public.orders 5");
        await using var superuser = await database.OpenAsync();
        (await superuser.ListAsync<string>("SELECT slug FROM organizations ORDER BY 1")).Should().Equal("b", "demo");
        (await superuser.ScalarAsync<int>("SELECT app.schema_version()")).Should().Be(SchemaVersionTests.Number);
        (await superuser.ListAsync<string>("SELECT concat_ws(' ', relation, kind, tenant_column) FROM app.protected_tables ORDER BY 1"))
            .Should().Equal("invoices column org_id", "orders column org_id", "organizations tenants id");
    }

    [Theory]
    [MemberData(nameof(AllForms))]
    public async Task Upgraded_database_is_complete_and_stays_complete(string form)
    {
        var database = await OldVersion.InstallAsync(form);
        // All of them run again without harm: what was applied before has no checksum.
        string[] expected = [.. MigrationTests.Scripts[..^1], .. database.IsSealed ? ["seal/sealed_context.sql"] : Array.Empty<string>(),
            MigrationTests.Scripts[^1], .. database.IsGuarded ? ["guard/tenant_guard.sql"] : Array.Empty<string>()];
        var migrator = new SchemaMigrator(database.ConnectionString, new() { Roles = database.Roles, Guard = database.IsGuarded, Seal = database.IsSealed });
        var rows = await database.RowsAsync();

        (await migrator.GetPendingScriptsAsync(Sql.Cancel)).Should().Equal(expected);
        var upgrade = await database.UpgradeAsync();
        upgrade.Applied.Should().Equal(expected);
        upgrade.OutdatedTables.Should().BeEmpty();
        (await database.UpgradeAsync()).Applied.Should().BeEmpty();
        (await migrator.GetPendingScriptsAsync(Sql.Cancel)).Should().BeEmpty();
        (await database.RowsAsync()).Should().Be(rows);

        await using var superuser = await database.OpenAsync();
        (await superuser.WarningsAsync("SELECT app.protect_table('public.organizations', 'id'), app.protect_table('public.orders')")).Should().BeEmpty();
        (await superuser.RefusalAsync($"""
            BEGIN;
            SET LOCAL ROLE {database.Roles.Owner};
            CREATE TABLE public.notes (org_id uuid NOT NULL, created_by uuid NOT NULL UNIQUE);
            SELECT app.protect_table('public.notes', 'created_by');
            """)).MessageText.Should().StartWith("column created_by of table public.notes has no foreign key to public.organizations");
        await superuser.RunAsync("ROLLBACK");
        await using var tenant = await database.OpenAsync(database.Roles.Tenant, MigratedDatabase.A);
        (await tenant.RefusalAsync(Delete)).SqlState.Should().Be("42501");
        if (database.IsGuarded)
        {
            (await superuser.CountAsync("app_guard.faults()")).Should().Be(0);
            (await superuser.RefusalAsync($"GRANT DELETE ON public.organizations TO {database.Roles.Tenant}"))
                .Hint.Should().Contain($"REVOKE DELETE ON public.organizations FROM {database.Roles.Tenant}");
        }
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("version 10, guarded and sealed")]
    [InlineData("version 14")]
    [InlineData("version 14, guarded")]
    [InlineData("version 14, guarded and sealed")]
    public async Task Psql_upgrades_it_too(string form)
    {
        var database = await OldVersion.InstallAsync(form);
        var rows = await database.RowsAsync();

        await Psql.ApplyAsync(database.ConnectionString,
            [.. database.IsGuarded ? ["guard=1"] : Array.Empty<string>(), .. database.IsSealed ? ["seal=1"] : Array.Empty<string>()]);

        (await database.RowsAsync()).Should().Be(rows);
        await using var superuser = await database.OpenAsync();
        (await superuser.ScalarAsync<int>("SELECT app.schema_version()")).Should().Be(SchemaVersionTests.Number);
        (await superuser.ListAsync<string>("SELECT t.relation || f.fault FROM app.protected_tables t CROSS JOIN LATERAL app.protection_faults(t.relation) f"))
            .Should().BeEmpty();
        (await superuser.CountAsync("app.protected_tables")).Should().Be(3);
        (await database.UpgradeAsync()).UpdatedTables.Should().BeEmpty();
    }

    [Fact]
    public async Task An_upgrade_that_does_not_ask_for_the_guard_leaves_the_one_that_is_on()
    {
        var database = await OldVersion.InstallAsync("guarded");
        await new SchemaMigrator(database.ConnectionString).MigrateAsync(Sql.Cancel);
        await using var superuser = await database.OpenAsync();
        (await superuser.CountAsync("app_guard.faults()")).Should().Be(0);
        (await superuser.RefusalAsync("CREATE TABLE public.t (a int)")).SqlState.Should().Be("42P17");
    }

    /// <summary>
    /// An older guard did not hold it: what a careless migration of the owner's put in its place is gone after the upgrade, and refused from then on.
    /// </summary>
    [Theory]
    [InlineData("guarded", true)]
    [InlineData("guarded and sealed", true)]
    [InlineData("guarded", false)]
    [InlineData("version 10, guarded", true)]
    [InlineData("version 10, renamed, guarded and sealed", true)]
    [InlineData("version 10, guarded and sealed", false)] // an upgrade that does not ask for the guard
    public async Task A_guard_that_is_on_already_holds_the_check_at_commit_after_the_upgrade(string form, bool asksForGuard)
    {
        const string oldAttack = "CREATE OR REPLACE FUNCTION app.require_context(expected_org_id uuid, expected_role name) RETURNS void LANGUAGE plpgsql "
            + "AS 'BEGIN END'";
        const string attack = "CREATE OR REPLACE FUNCTION app.require_context(expected_org_id text, expected_role name, expected_user_id text, "
            + "expected_roles text[]) RETURNS void LANGUAGE plpgsql AS 'BEGIN END'";
        const string oldCheck = "SELECT app.require_context('00000000-0000-0000-0000-000000000001', 'nobody')";
        const string check = "SELECT app.require_context('00000000-0000-0000-0000-000000000001', 'nobody', NULL, NULL)";
        var database = await OldVersion.InstallAsync(form);
        await using var superuser = await database.OpenAsync();
        await superuser.RunAsync($"SET ROLE {database.Roles.Owner}; {oldAttack}; RESET ROLE");
        await superuser.RunAsync(oldCheck);

        await database.UpgradeAsync(asksForGuard, asksForSeal: asksForGuard);

        await using var tenant = await database.OpenAsync(database.Roles.Tenant, MigratedDatabase.A);
        (await tenant.RefusalAsync(check)).SqlState.Should().Be("TD001");
        (await tenant.RefusalAsync(oldCheck)).SqlState.Should().Be("42883", "what a migration has put in its place is gone");
        await superuser.RunAsync($"SET ROLE {database.Roles.Owner}");
        (await superuser.RefusalAsync(attack)).SqlState.Should().Be("42P17");
        if (asksForGuard) // an older guard knows no overloads, and no host calls this one any more
            (await superuser.RefusalAsync(oldAttack)).SqlState.Should().Be("42P17");
        (await superuser.RefusalAsync("CREATE OR REPLACE FUNCTION app.keep_organization() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'"))
            .SqlState.Should().Be("42P17");
        await superuser.RunAsync($"RESET ROLE; {(database.IsSealed ? $"SET ROLE {database.Roles.Sealer}" : "")}");
        (await superuser.RefusalAsync("CREATE OR REPLACE FUNCTION app_seal.admits_entry(actor text) RETURNS boolean LANGUAGE sql AS 'SELECT true'"))
            .SqlState.Should().Be("42P17");
    }

    [Fact]
    public async Task The_owner_of_a_database_with_createrole_can_upgrade_it()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var (roles, login) = (TestRoles.New(server), server.NewRoleName("deployer"));
        await using (var superuser = await Sql.OpenAsync(server.ConnectionString, Sql.Cancel))
            await superuser.RunAsync($"CREATE ROLE {login} LOGIN CREATEROLE");
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await using (var superuser = await Sql.OpenAsync(database, Sql.Cancel))
            await superuser.RunAsync($"ALTER DATABASE {superuser.Database} OWNER TO {login}; ALTER SCHEMA public OWNER TO {login}");
        var old = TestScripts.Only([.. OldVersion.Scripts(), .. OldVersion.Scripts("seal")]);
        await new SchemaMigrator(database.As(login), new() { Roles = roles }, old).MigrateAsync(Sql.Cancel);

        var upgrade = await new SchemaMigrator(database.As(login), new() { Roles = roles, Seal = true }).MigrateAsync(Sql.Cancel);
        upgrade.Applied.Should().EndWith("seal/sealed_context.sql");
        upgrade.OutdatedTables.Should().BeEmpty();
    }

    [Theory]
    [InlineData("GRANT DELETE ON public.organizations TO {1} WITH GRANT OPTION; SET ROLE {1}; GRANT DELETE ON public.organizations TO {0}; RESET ROLE")]
    [InlineData("GRANT DELETE ON public.organizations TO {1}; ALTER ROLE {0} INHERIT; GRANT {1} TO {0}")]
    public async Task A_privilege_that_the_upgrade_cannot_take_away_stops_it_and_is_named(string scene)
    {
        var database = await OldVersion.MakeAsync("renamed");
        var other = (await TestServer.GetSharedAsync(Sql.Cancel)).NewRoleName("other");
        await using var superuser = await database.OpenAsync();
        await superuser.RunAsync($"CREATE ROLE {other}");
        await superuser.RunAsync(scene.Replace("{0}", database.Roles.Tenant).Replace("{1}", other));

        if (scene.Contains("INHERIT") && superuser.PostgreSqlVersion.Major < 16)
        {
            // Up to 15 the upgrade takes it away: roles of the app are NOINHERIT.
            await database.UpgradeAsync();
            await using var tenant = await database.OpenAsync(database.Roles.Tenant, MigratedDatabase.A);
            (await tenant.RefusalAsync(Delete)).SqlState.Should().Be("42501");
            return;
        }

        var failure = (await database.Awaiting(d => d.UpgradeAsync()).Should().ThrowAsync<SchemaMigrationException>()).Which;
        failure.ScriptName.Should().Be("invoicing/protection.sql");
        failure.Message.Should().Contain($"role \"{database.Roles.Tenant}\" may still delete from public.organizations").And.Contain("REVOKE DELETE");
    }

    [Fact]
    public async Task A_host_that_has_dropped_the_table_for_one_of_its_own_can_upgrade()
    {
        var database = await OldVersion.InstallAsync("plain");
        await using (var superuser = await database.OpenAsync())
            await superuser.RunAsync("DROP TABLE public.organizations CASCADE");
        (await database.UpgradeAsync()).Applied.Should().EndWith(EmbeddedScripts.All[^1].Name);
    }

    [Fact]
    public async Task A_database_that_has_the_tables_of_the_article_is_upgraded_with_them_whatever_the_option_says()
    {
        var database = await OldVersion.InstallAsync("version 14");
        await new SchemaMigrator(database.ConnectionString, new() { Invoicing = false }).MigrateAsync(Sql.Cancel);
        await using var tenant = await database.OpenAsync(database.Roles.Tenant, MigratedDatabase.A);
        (await tenant.RefusalAsync(Delete)).SqlState.Should().Be("42501");
        await using var superuser = await database.OpenAsync();
        (await superuser.ScalarAsync<string>("SELECT kind FROM app.protected_tables WHERE relation = 'organizations'::regclass")).Should().Be("tenants");
    }
}
