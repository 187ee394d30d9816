namespace SmeFinancialOs.Data.Schema.Tests;

public sealed class ScriptTests
{
    [Theory]
    [InlineData]
    [InlineData("without_invoicing=1")]
    [InlineData("guard=1")]
    [InlineData("seal=1")]
    [InlineData("without_invoicing=1", "guard=1", "seal=1")]
    public async Task Psql_applies_them_alone_and_again_and_under_the_migrator_without_harm(params string[] variables)
    {
        var database = await EmptyAsync();
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        var options = new SchemaMigratorOptions
        {
            Invoicing = !variables.Contains("without_invoicing=1"),
            Guard = variables.Contains("guard=1"),
            Seal = variables.Contains("seal=1"),
        };

        await Psql.ApplyAsync(database, variables);
        if (options.Invoicing)
            await connection.RunAsync($"INSERT INTO organizations (id, name, slug) VALUES ('{MigratedDatabase.A}', 'A', 'a')");
        if (options.Seal)
            await new ContextSealKeys(database).AddAsync(Sql.Cancel);
        var byHand = await CatalogAsync(connection);

        await Psql.ApplyAsync(database, variables);
        (await CatalogAsync(connection)).Should().Equal(byHand);

        (await new SchemaMigrator(database, options).MigrateAsync(Sql.Cancel)).UpdatedTables.Should().BeEmpty();
        (await CatalogAsync(connection)).Should().Equal(byHand);
        await Psql.ApplyAsync(database, variables);
        (await CatalogAsync(connection)).Should().Equal(byHand).And.HaveCountGreaterThan(20);
        if (options.Invoicing)
            (await connection.CountAsync("organizations")).Should().Be(1);
        (await connection.CountAsync("pg_class WHERE relname IN ('organizations', 'invoices')")).Should().Be(options.Invoicing ? 2 : 0);
        if (options.Guard)
            (await connection.ListAsync<string>("SELECT object || fault FROM app_guard.faults()")).Should().BeEmpty();
    }

    [Fact]
    public async Task Psql_brings_every_protected_table_to_the_policies_and_names_the_one_that_it_may_not_alter()
    {
        const string faults = "SELECT f.fault FROM app.protected_tables t CROSS JOIN LATERAL app.protection_faults(t.relation) f";
        var database = await EmptyAsync();
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        await Psql.ApplyAsync(database);
        await connection.RunAsync("""
            SET ROLE app_owner;
            CREATE TABLE public."a $do$ b" (org_id uuid NOT NULL REFERENCES public.organizations (id), id int, PRIMARY KEY (org_id, id));
            CREATE TABLE public.orders (org_id uuid NOT NULL REFERENCES public.organizations (id), id int, PRIMARY KEY (org_id, id));
            SELECT app.protect_table('public."a $do$ b"'), app.protect_table('public.orders');
            RESET ROLE;
            ALTER POLICY tenant_isolation ON public."a $do$ b" USING (true);
            ALTER POLICY tenant_isolation ON public.orders USING (true);
            ALTER TABLE public.orders OWNER TO CURRENT_USER;
            """);

        (await FluentActions.Awaiting(() => Psql.ApplyAsync(database)).Should().ThrowAsync<InvalidOperationException>()).Which.Message
            .Should().Contain("table public.orders belongs to").And.Contain("not as this version expects: public.orders (policy demo_read_by_owner is another; "
                + "policy owner_maintenance is another; policy tenant_isolation is another)").And.Contain("SELECT app.apply_protection");
        (await connection.ListAsync<string>(faults)).Should().HaveCount(3);

        await connection.RunAsync("SELECT app.apply_protection('public.orders')");
        await Psql.ApplyAsync(database);
        (await connection.ListAsync<string>(faults)).Should().BeEmpty();
    }

    [Fact]
    public async Task Psql_and_the_migrator_make_the_same_schema()
    {
        var (byHand, migrated) = (await EmptyAsync(), await EmptyAsync());
        await Psql.ApplyAsync(byHand);
        await new SchemaMigrator(migrated).MigrateAsync(Sql.Cancel);
        await using var one = await Sql.OpenAsync(byHand, Sql.Cancel);
        await using var other = await Sql.OpenAsync(migrated, Sql.Cancel);

        (await CatalogAsync(one)).Should().Equal(await CatalogAsync(other)).And.HaveCountGreaterThan(20);
    }

    [Theory]
    [InlineData("CREATE TABLE public.organizations (id int PRIMARY KEY, name text)")]
    [InlineData("CREATE TABLE public.invoices (id uuid)")]
    [InlineData("CREATE VIEW public.invoices AS SELECT 1 AS id")]
    [InlineData("CREATE TABLE public.organizations (id uuid); CREATE TABLE public.invoices (id uuid)")]
    public async Task A_table_of_the_hosts_with_the_name_of_one_of_ours_stops_psql_and_the_migrator_before_anything_is_changed(string scene)
    {
        var database = await EmptyAsync();
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        await connection.RunAsync(scene);
        var before = await CatalogAsync(connection);

        var failure = (await new SchemaMigrator(database).Awaiting(m => m.MigrateAsync(Sql.Cancel)).Should().ThrowAsync<SchemaMigrationException>()).Which;
        failure.Message.Should().Contain("is there already, and is not the table of this library").And.Contain("--without-invoicing")
            .And.Contain("Invoicing = false");
        (await CatalogAsync(connection)).Should().Equal(before);
        await FluentActions.Awaiting(() => Psql.ApplyAsync(database)).Should().ThrowAsync<InvalidOperationException>();
        (await CatalogAsync(connection)).Should().Equal(before);

        (await new SchemaMigrator(database, new() { Invoicing = false }).MigrateAsync(Sql.Cancel)).Applied
            .Should().NotContain(name => name.StartsWith("invoicing/"));
        await Psql.ApplyAsync(database, "without_invoicing=1");
    }

    private static async Task<string> EmptyAsync() => await (await TestServer.GetSharedAsync(Sql.Cancel)).CreateEmptyDatabaseAsync(Sql.Cancel);

    /// <summary>Owners, privileges, policies, functions: everything isolation rests on.</summary>
    private static Task<List<string>> CatalogAsync(Npgsql.NpgsqlConnection connection) => connection.ListAsync<string>("""
        SELECT format('%s %s %s %s %s %s', c.oid::regclass, c.relkind, pg_get_userbyid(c.relowner), c.relacl, c.relrowsecurity, c.relforcerowsecurity)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('app', 'public', 'app_guard', 'app_seal') AND c.relname NOT LIKE 'schema_migrations%'
        UNION ALL SELECT format('%s', p) FROM pg_policies p
        UNION ALL SELECT format('%s %s %s %s', p.oid::regprocedure, pg_get_userbyid(p.proowner), p.proacl, md5(pg_get_functiondef(p.oid)))
        FROM pg_proc p WHERE p.pronamespace::regnamespace::text IN ('app', 'app_guard', 'app_seal')
        UNION ALL SELECT format('%s %s %s', nspname, pg_get_userbyid(nspowner), nspacl) FROM pg_namespace WHERE nspname IN
            ('app', 'public', 'app_guard', 'app_seal')
        UNION ALL SELECT format('%s %s', attrelid::regclass, attacl) FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid =
            to_regclass('app.admin_access_log')
        UNION ALL SELECT format('temporary tables: %s', has_database_privilege('public', current_database(), 'TEMPORARY'))
        UNION ALL SELECT format('%s %s', tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT format('%s %s', evtname, evtenabled) FROM pg_event_trigger
        ORDER BY 1
        """);
}
