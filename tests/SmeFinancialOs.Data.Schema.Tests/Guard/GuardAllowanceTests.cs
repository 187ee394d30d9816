namespace SmeFinancialOs.Data.Schema.Tests.Guard;

/// <summary>Reference tables of a database are allowed with the migration that turns the guard on, and ahead of it.</summary>
public sealed class GuardAllowanceTests
{
    private const string Tables = """
        CREATE TABLE public.countries (code text);
        CREATE TABLE public."Tax = rates; '1" (rate int);
        CREATE SEQUENCE public.numbers;
        """;

    private const string Quoted = "public.\"Tax = rates; '1\"";

    private const string Allowlist = "SELECT relation::text || ': ' || reason FROM app_guard.allowlist WHERE relation::text NOT LIKE 'app.%' ORDER BY 1";

    [Fact]
    public async Task A_reference_table_is_allowed_by_the_migration_that_turns_the_guard_on_and_by_later_ones()
    {
        var (database, superuser) = await NewDatabaseAsync();
        await using var _ = superuser;
        const string reason = "it's $1 for all; really $$ \\ 'x' ü";
        var first = Migrator(database, new GuardAllowance("public.countries", "the same for all"), new(Quoted, reason));
        string[] wanted = ["guard/allowlist.sql", "allow public.countries", $"allow {Quoted}", "guard/tenant_guard.sql"];
        (await first.GetPendingScriptsAsync(Sql.Cancel)).Should().Equal(wanted);
        (await first.MigrateAsync(Sql.Cancel)).Applied.Should().Equal(wanted);
        (await superuser.ListAsync<string>(Allowlist)).Should().Equal($"\"Tax = rates; '1\": {reason}", "countries: the same for all");
        (await first.MigrateAsync(Sql.Cancel)).Applied.Should().BeEmpty();

        var second = Migrator(database, new GuardAllowance("public.countries", "another reason"));
        (await second.MigrateAsync(Sql.Cancel)).Applied.Should().Equal("allow public.countries");
        (await superuser.ListAsync<string>(Allowlist)).Should().Equal($"\"Tax = rates; '1\": {reason}", "countries: another reason");
        (await superuser.RefusalAsync("CREATE TABLE public.t (a int)")).SqlState.Should().Be("42P17");
    }

    [Fact]
    public async Task A_new_database_takes_the_schema_the_guard_and_the_allowances_at_once()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var (roles, database) = (TestRoles.New(server), await server.CreateEmptyDatabaseAsync(Sql.Cancel));
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        await superuser.RunAsync(Tables);
        var migrator = new SchemaMigrator(database, new() { Guard = true, Roles = roles, GuardAllowances = [new("countries", "x"), new(Quoted, "y")] });
        (await migrator.MigrateAsync(Sql.Cancel)).Applied.Should().Equal([.. MigrationTests.Scripts, "allow countries", $"allow {Quoted}",
            "guard/tenant_guard.sql"]);
    }

    [Theory]
    [InlineData("public.countrys", "42P01", "public.countries, or public.\"Countries\"")]
    [InlineData("nowhere.countries", "3F000", "public.countries, or public.\"Countries\"")]
    [InlineData("public.countries; DROP TABLE public.countries", "42602", "public.countries")]
    [InlineData("public.countries'); DROP TABLE public.countries; --", "42602", "public.countries")]
    [InlineData("a.b.c.d.e", "42601", "improper relation name")]
    [InlineData("public.\"countries", "42602", "public.countries")]
    [InlineData("4000000000", "42P01", "public.countries")] // a number is a regclass of its own
    [InlineData("public.numbers", "42809", "neither a table nor a view")]
    public async Task A_relation_that_cannot_be_allowed_is_named_and_nothing_is_changed(string relation, string state, string hint)
    {
        var (database, superuser) = await NewDatabaseAsync();
        await using var _ = superuser;
        foreach (var isOn in new[] { false, true })
        {
            if (isOn)
                await Migrator(database, new GuardAllowance("public.countries", "x"), new(Quoted, "y")).MigrateAsync(Sql.Cancel);
            var before = await superuser.ListAsync<string>(Allowlist);
            var migrator = Migrator(database, new GuardAllowance("public.countries", "z"), new(Quoted, "z"), new(relation, "z"));
            var failure = (await migrator.Awaiting(m => m.MigrateAsync(Sql.Cancel)).Should().ThrowAsync<SchemaMigrationException>()).Which;
            failure.Message.Should().StartWith($"The guard cannot allow {relation}: {state}: ").And.Contain(hint);
            failure.SqlState.Should().Be(state);
            (await superuser.ListAsync<string>(Allowlist)).Should().Equal(before);
            (await superuser.CountAsync("pg_event_trigger WHERE evtname = 'tenant_guard'")).Should().Be(isOn ? 1 : 0);
        }
    }

    [Fact]
    public async Task A_refusal_to_turn_the_guard_on_says_how_to_allow_with_the_command_and_in_psql()
    {
        var (database, superuser) = await NewDatabaseAsync();
        await using var _ = superuser;
        var failure = (await Migrator(database).Awaiting(m => m.MigrateAsync(Sql.Cancel)).Should().ThrowAsync<SchemaMigrationException>()).Which;
        failure.Message.Should().Contain("sme-data migrate --guard --allow 'public.countries=why'").And.NotContain("SELECT app_guard.allow");

        var psql = (await FluentActions.Awaiting(() => Psql.ApplyAsync(database, "guard=1")).Should().ThrowAsync<InvalidOperationException>()).Which.Message;
        psql.Should().Contain("sql/apply.sql without -v guard=1 first, as a superuser; it brings app_guard.allow(relation, reason)");
    }

    [Fact]
    public async Task Psql_brings_the_allowlist_first_and_the_guard_then()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        await superuser.RunAsync(Tables);
        await Psql.ApplyAsync(database);
        await superuser.RunAsync("SET ROLE app_owner; SELECT app_guard.allow('public.countries', 'the same for all'); RESET ROLE");
        await superuser.RunAsync($"SELECT app_guard.allow('{Quoted.Replace("'", "''")}', 'of the state'), app_guard.allow('app.admin_access_log', 'x'); "
            + "SELECT app_guard.disallow('app.admin_access_log')");
        await Psql.ApplyAsync(database);
        await Psql.ApplyAsync(database, "guard=1");
        (await superuser.CountAsync("app_guard.pending")).Should().Be(0);
        (await superuser.ListAsync<string>("SELECT object FROM app_guard.faults()")).Should().BeEmpty();
    }

    [Fact]
    public async Task The_guard_that_was_dropped_by_hand_comes_back_when_it_is_asked_for()
    {
        var (database, superuser) = await NewDatabaseAsync();
        await using var _ = superuser;
        var migrator = Migrator(database, new GuardAllowance("public.countries", "x"), new(Quoted, "y"));
        await migrator.MigrateAsync(Sql.Cancel);
        await superuser.RunAsync("DROP EVENT TRIGGER tenant_guard; DROP SCHEMA app_guard CASCADE");
        (await new SchemaMigrator(database).MigrateAsync(Sql.Cancel)).Applied.Should().Equal("guard/allowlist.sql");
        (await migrator.MigrateAsync(Sql.Cancel)).Applied.Should().HaveCount(4);
        (await superuser.RefusalAsync("CREATE TABLE public.t (a int)")).SqlState.Should().Be("42P17");
    }

    /// <summary>What the guard calls must belong to no lesser role: its functions run with the rights of whoever turned it on.</summary>
    [Theory]
    [InlineData("CREATE SCHEMA app_guard AUTHORIZATION {0}", "schema app_guard")]
    [InlineData("CREATE SCHEMA app_guard; "
        + "CREATE TABLE app_guard.allowlist (relation regclass PRIMARY KEY, reason text, allowed_by name, allowed_at timestamptz); "
        + "ALTER TABLE app_guard.allowlist OWNER TO {0}", "app_guard.allowlist")]
    [InlineData("CREATE SCHEMA app_guard; CREATE FUNCTION app_guard.allow(target regclass, reason text) RETURNS void LANGUAGE sql AS ''; "
        + "ALTER FUNCTION app_guard.allow OWNER TO {0}", "app_guard.allow(regclass,text)")]
    public async Task A_schema_of_the_guard_that_a_lesser_role_made_is_refused(string scene, string what)
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var (login, database) = (server.NewRoleName("squatter"), await MigratedCopy.CreateAsync());
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        await superuser.RunAsync($"DROP SCHEMA app_guard CASCADE; CREATE ROLE {login}; " + scene.Replace("{0}", login));
        var failure = (await Migrator(database).Awaiting(m => m.MigrateAsync(Sql.Cancel)).Should().ThrowAsync<SchemaMigrationException>()).Which;
        failure.Message.Should().Contain($"{what} belongs to {login}, which is no superuser").And.Contain("DROP SCHEMA app_guard CASCADE;");
    }

    [Fact]
    public async Task A_deployer_without_superuser_migrates_without_the_allowlist_and_allows_once_the_guard_is_on()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var (roles, login, database) = (TestRoles.New(server), server.NewRoleName("deployer"), await server.CreateEmptyDatabaseAsync(Sql.Cancel));
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        await superuser.RunAsync($"CREATE ROLE {login} LOGIN CREATEROLE; ALTER DATABASE {superuser.Database} OWNER TO {login}; "
            + $"ALTER SCHEMA public OWNER TO {login}");
        (await new SchemaMigrator(database.As(login), new() { Roles = roles }).MigrateAsync(Sql.Cancel)).Applied.Should().NotContain("guard/allowlist.sql");
        (await superuser.CountAsync("pg_namespace WHERE nspname = 'app_guard'")).Should().Be(0);

        await superuser.RunAsync(Tables);
        await new SchemaMigrator(database, new() { Roles = roles, Guard = true, GuardAllowances = [new("public.countries", "x"), new(Quoted, "y")] })
            .MigrateAsync(Sql.Cancel);
        var later = new SchemaMigrator(database.As(login), new() { Roles = roles, Guard = true, GuardAllowances = [new("public.countries", "z")] });
        (await later.MigrateAsync(Sql.Cancel)).Applied.Should().Equal("allow public.countries");
        (await later.MigrateAsync(Sql.Cancel)).Applied.Should().BeEmpty();
    }

    private static async Task<(string Database, Npgsql.NpgsqlConnection Superuser)> NewDatabaseAsync()
    {
        var database = await MigratedCopy.CreateAsync();
        var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        await superuser.RunAsync(Tables);
        return (database, superuser);
    }

    private static SchemaMigrator Migrator(string database, params GuardAllowance[] allowances) =>
        new(database, new() { Guard = true, GuardAllowances = allowances });
}
