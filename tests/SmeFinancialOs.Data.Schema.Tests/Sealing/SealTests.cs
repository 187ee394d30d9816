namespace SmeFinancialOs.Data.Schema.Tests.Sealing;

/// <summary>How the seal comes, what it needs, and what keeps it on.</summary>
public sealed class SealTests
{
    private const string Script = "seal/sealed_context.sql";

    private static readonly SchemaMigratorOptions Sealed = new() { Seal = true };

    [Fact]
    public async Task The_seal_comes_when_it_is_asked_for_and_once()
    {
        var database = await MigratedCopy.CreateAsync();
        await new ContextSealKeys(database).AddAsync(Sql.Cancel);
        (await new SchemaMigrator(database, Sealed).GetPendingScriptsAsync(Sql.Cancel)).Should().Equal(Script);
        (await new SchemaMigrator(database, Sealed).MigrateAsync(Sql.Cancel)).Applied.Should().Equal(Script);
        (await new SchemaMigrator(database, Sealed).MigrateAsync(Sql.Cancel)).Applied.Should().BeEmpty();
    }

    [Fact]
    public async Task Without_a_key_a_database_in_use_is_not_sealed_and_a_new_one_is()
    {
        var database = await MigratedCopy.CreateAsync();
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        await connection.RunAsync($"INSERT INTO organizations (id, name, slug) VALUES ('{MigratedDatabase.A}', 'A', 'a')");
        var failure = (await new SchemaMigrator(database, Sealed).Awaiting(m => m.MigrateAsync(Sql.Cancel)).Should().ThrowAsync<SchemaMigrationException>())
            .Which;
        failure.Message.Should().Contain("no key is in force").And.Contain("sme-data seal add");
        (await connection.CountAsync("pg_policy WHERE polname = 'context_sealed'")).Should().Be(0);

        (await new SchemaMigrator(await MigratedCopy.CreateAsync(), Sealed).MigrateAsync(Sql.Cancel)).Applied.Should().Equal(Script);
    }

    [Fact]
    public async Task Keys_are_added_listed_and_retired_and_the_last_one_stays()
    {
        var database = await SealedAsync();
        var keys = new ContextSealKeys(database);
        var first = (await keys.ListAsync(Sql.Cancel)).Should().ContainSingle().Which;
        first.RetiredAt.Should().BeNull();
        first.AddedAt.Should().BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(5));
        (await keys.Awaiting(k => k.RetireAsync(first.Id, Sql.Cancel)).Should().ThrowAsync<SchemaMigrationException>())
            .WithMessage("*is the last one*Add another key*");

        var second = await keys.AddAsync(Sql.Cancel);
        second.Should().MatchRegex("^[0-9a-f]{8}:[A-Za-z0-9+/]{43}=$");
        await keys.RetireAsync(first.Id, Sql.Cancel);
        (await keys.ListAsync(Sql.Cancel)).Select(key => (key.Id, key.RetiredAt is null)).Should().Equal((first.Id, false), (second[..8], true));
        (await keys.Awaiting(k => k.RetireAsync(first.Id, Sql.Cancel)).Should().ThrowAsync<SchemaMigrationException>()).WithMessage("*no key*is in force*");
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        (await connection.CountAsync("app_seal.keys WHERE key_block IS NULL")).Should().Be(1, "a retired key is forgotten");
    }

    [Fact]
    public async Task Keys_of_a_database_that_is_not_migrated_are_an_error_that_says_so()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var keys = new ContextSealKeys(await server.CreateEmptyDatabaseAsync(Sql.Cancel));
        (await keys.Awaiting(k => k.AddAsync(Sql.Cancel)).Should().ThrowAsync<SchemaMigrationException>()).WithMessage("*Migrate the database first.");
    }

    [Fact]
    public async Task The_plain_function_run_once_more_does_not_take_the_seal_off()
    {
        const string current = """
            SELECT pg_get_userbyid(proowner) || proacl::text || pg_get_functiondef(oid) FROM pg_proc WHERE oid = 'app.current_org_id()'::regprocedure
            """;
        var database = await SealedAsync();
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        var before = await connection.ScalarAsync<string>(current);
        await Psql.ApplyAsync(database);
        (await connection.ScalarAsync<string>(current)).Should().Be(before).And.StartWith("app_sealer");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_guard_holds_the_seal_whichever_came_first(bool isGuardFirst)
    {
        var database = await SealedAsync(isGuardFirst);
        await new SchemaMigrator(database, new() { Guard = true, Seal = true }).MigrateAsync(Sql.Cancel);
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        (await connection.CountAsync("app_guard.faults()")).Should().Be(0);
        await connection.RunAsync("BEGIN; SET LOCAL ROLE app_owner; CREATE TABLE public.t (org_id uuid NOT NULL REFERENCES public.organizations, id int, "
            + "PRIMARY KEY (org_id, id)); SELECT app.protect_table('public.t'); COMMIT");
        foreach (var weakening in new[]
        {
            "ALTER POLICY tenant_isolation ON public.invoices USING (org_id = (SELECT app.current_org_id())) "
                + "WITH CHECK (org_id = (SELECT app.current_org_id()))",
            "ALTER POLICY tenant_isolation ON public.invoices USING (org_id = (SELECT NULLIF(current_setting('app.current_org_id', true), '')::uuid)) "
                + "WITH CHECK (false)",
            "DROP POLICY context_sealed ON public.invoices",
            "ALTER POLICY context_sealed ON public.invoices USING (true)",
            "CREATE OR REPLACE VIEW app_seal.context AS SELECT current_setting('app.current_org_id')::uuid AS tenant_org_id, NULL::uuid "
                + "AS demo_org_id, true AS is_admin",
            "CREATE OR REPLACE VIEW app_seal.valid_token AS SELECT 't' AS kind, current_setting('app.current_org_id')::uuid AS org_id",
            "CREATE OR REPLACE VIEW app_seal.identity AS SELECT substr(current_setting('app.context_token', true), 37, 64) AS digest, "
                + "current_setting('app.current_org_id', true) AS org_id",
            "CREATE OR REPLACE FUNCTION app.current_user_id() RETURNS text LANGUAGE sql AS 'SELECT ''ann''::text'",
            "CREATE OR REPLACE FUNCTION app.current_roles() RETURNS text[] LANGUAGE sql AS 'SELECT ''{admin}''::text[]'",
            "CREATE OR REPLACE FUNCTION app_seal.refuse() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
            "CREATE OR REPLACE FUNCTION app.context_holds() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
            "CREATE OR REPLACE FUNCTION app.current_org_id() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
            "GRANT SELECT ON app_seal.keys TO tenant_role",
        })
        {
            (await connection.RefusalAsync(weakening)).SqlState.Should().Be("42P17", weakening);
        }
    }

    [Fact]
    public async Task Other_role_names_are_sealed_the_same()
    {
        var roles = TestRoles.New(await TestServer.GetSharedAsync(Sql.Cancel));
        var database = await (await TestServer.GetSharedAsync(Sql.Cancel)).CreateEmptyDatabaseAsync(Sql.Cancel);
        await new SchemaMigrator(database, new() { Roles = roles, Seal = true }).MigrateAsync(Sql.Cancel);
        (await new ContextSealKeys(database).AddAsync(Sql.Cancel)).Should().NotBeNull();
        await using var connection = await Sql.OpenAsync(database, Sql.Cancel);
        (await connection.ScalarAsync<string>("SELECT relowner::regrole::text FROM pg_class WHERE oid = 'app_seal.keys'::regclass")).Should().Be(roles.Sealer);
        (await connection.ScalarAsync<string>("SELECT prosrc FROM pg_proc WHERE oid = 'app.context_holds()'::regprocedure"))
            .Should().Contain($"'{roles.Owner}'").And.Contain($"'{roles.Demo}'");
    }

    [Fact]
    public async Task The_owner_of_a_database_with_createrole_can_seal_it_and_make_keys()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var options = new SchemaMigratorOptions { Roles = TestRoles.New(server), Seal = true };
        var login = server.NewRoleName("login");
        await using (var superuser = await Sql.OpenAsync(server.ConnectionString, Sql.Cancel))
            await superuser.RunAsync($"CREATE ROLE {login} LOGIN CREATEROLE");
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await using (var superuser = await Sql.OpenAsync(database, Sql.Cancel))
            await superuser.RunAsync($"ALTER DATABASE {superuser.Database} OWNER TO {login}; ALTER SCHEMA public OWNER TO {login}");
        await new SchemaMigrator(database.As(login), options).MigrateAsync(Sql.Cancel);
        await new ContextSealKeys(database.As(login)).AddAsync(Sql.Cancel);
        (await new ContextSealKeys(database.As(login)).ListAsync(Sql.Cancel)).Should().ContainSingle();
    }

    private static async Task<string> SealedAsync(bool isGuarded = false)
    {
        var database = await MigratedCopy.CreateAsync(isGuarded);
        await new ContextSealKeys(database).AddAsync(Sql.Cancel);
        await new SchemaMigrator(database, Sealed).MigrateAsync(Sql.Cancel);
        return database;
    }
}
