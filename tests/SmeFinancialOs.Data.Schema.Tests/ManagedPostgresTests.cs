using System.Text.RegularExpressions;
using Npgsql;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Schema.Tests;

/// <summary>A managed server has no superuser: what its master user and a second deployer can do; docs/managed-postgresql.md with its own SQL.</summary>
public sealed partial class ManagedPostgresTests
{
    /// <summary>What the audit says is left open, as its warnings: only a superuser can close these.</summary>
    private static readonly string[] LeftOpen = ["backends-open", "large-objects-open", "owned-droppable"];

    private static readonly Page Guide = new(Page.ManagedPostgres);

    /// <summary>Whose the database is, and what the login gets of the roles that it makes (from 16 on).</summary>
    public static TheoryData<string, string> Masters => new()
    {
        { "owner", "" }, { "owner", "set" }, { "owner", "inherit" }, { "owner", "set, inherit" }, { "member", "" }, { "member", "set, inherit" },
        { "granted", "" }, { "granted", "set, inherit" },
    };

    [Theory]
    [MemberData(nameof(Masters))]
    public async Task Master_user_migrates_protects_seals_and_the_audit_says_what_is_left_open(string kind, string selfGrant)
    {
        await using var managed = await NewAsync(kind, selfGrant);
        var (master, options) = (managed.Master, managed.Options);

        (await new SchemaMigrator(master, options).MigrateAsync(Sql.Cancel)).OutdatedTables.Should().BeEmpty();
        (await new SchemaMigrator(master, options).MigrateAsync(Sql.Cancel)).Applied.Should().BeEmpty();
        var app = managed.Database.As(options.Roles.AppLogin);
        var isOf16 = managed.Server.ServerVersion.Major >= 16;
        if (isOf16 && selfGrant == "set")
        {
            // It may become the owner and does not inherit from it. Migrations do; protect_table on its own table needs the rights of both.
            await using var connection = await Sql.OpenAsync(master, Sql.Cancel);
            await connection.RunAsync(managed.Named(Guide.Blocks("sql", "A login that does not inherit")[0]));
        }

        await MakeTableAsync(master, "shipments");
        (await new TableProtection(master).ProtectAsync(["public.shipments"], cancellationToken: Sql.Cancel)).Should().BeEmpty();
        // The master user may not become the app's roles, as whom the policies are judged, and the audit says so.
        if (!isOf16 || !selfGrant.Contains("set", StringComparison.Ordinal))
            (await WarningsAsync(master, options.Roles)).Should().Equal([.. LeftOpen, "policy-not-understood"]);
        (await WarningsAsync(app, options.Roles)).Should().Equal(LeftOpen);

        await new ContextSealKeys(master).AddAsync(Sql.Cancel);
        var sealing = new SchemaMigratorOptions { Roles = options.Roles, Seal = true };
        (await new SchemaMigrator(master, sealing).MigrateAsync(Sql.Cancel)).OutdatedTables.Should().BeEmpty();
        (await new SchemaMigrator(master, sealing).MigrateAsync(Sql.Cancel)).Applied.Should().BeEmpty();
        (await WarningsAsync(app, options.Roles)).Should().Equal(LeftOpen);

        // The attack: without a signature a tenant names an organization of its choice.
        await managed.Superuser.RunAsync($"""
            INSERT INTO public.organizations (id, name, slug) VALUES ('{MigratedDatabase.A}', 'A', 'a');
            INSERT INTO public.shipments (org_id) VALUES ('{MigratedDatabase.A}')
            """);
        await using var tenant = await Sql.OpenAsync(app, Sql.Cancel);
        await tenant.RunAsync($"SET ROLE {options.Roles.Tenant}; SET app.current_org_id = '{MigratedDatabase.A}'");
        (await tenant.SqlStateOfAsync("SELECT * FROM public.shipments")).Should().Be("28000");
    }

    [Fact]
    public async Task Login_that_does_not_own_the_database_is_told_each_statement_before_anything_is_changed()
    {
        await using var managed = await NewAsync("nothing", "");
        var migrator = new SchemaMigrator(managed.Master, managed.Options);

        var refusal = await FailureAsync(migrator);

        refusal.SqlState.Should().Be("42501");
        Statements().Matches(refusal.Message).Select(match => match.Value)
            .Should().Equal(managed.Named(Guide.Blocks("sql", "A login that does not own")[0]).Trim().Split('\n'));
        (await managed.Superuser.CountAsync($"pg_roles WHERE rolname = '{managed.Options.Roles.Owner}'")).Should().Be(0);
        await managed.Superuser.RunAsync(string.Join('\n', Statements().Matches(refusal.Message).Select(match => match.Value)));
        (await migrator.MigrateAsync(Sql.Cancel)).Applied.Should().NotBeEmpty();
    }

    [Theory]
    [InlineData("ALTER SCHEMA public OWNER TO pg_database_owner; GRANT CREATE ON SCHEMA public TO PUBLIC", "REVOKE CREATE ON SCHEMA public FROM PUBLIC;")]
    [InlineData("GRANT TEMPORARY ON DATABASE {db} TO PUBLIC", "REVOKE TEMPORARY ON DATABASE {db} FROM PUBLIC;")]
    [InlineData("REVOKE CREATE ON DATABASE {db} FROM {login}", "GRANT CREATE ON DATABASE {db} TO {login};")]
    [InlineData("REVOKE GRANT OPTION FOR CREATE ON SCHEMA public FROM {login}", "GRANT USAGE, CREATE ON SCHEMA public TO {login} WITH GRANT OPTION;")]
    [InlineData("ALTER ROLE {login} NOCREATEROLE", "ALTER ROLE {login} CREATEROLE;")]
    public async Task Each_right_alone_is_missed(string taken, string told)
    {
        await using var managed = await NewAsync("granted", "");
        string Named(string text) => text.Replace("{login}", managed.Login).Replace("{db}", managed.Database.DatabaseName());
        await managed.Superuser.RunAsync(Named(taken));
        var refusal = await FailureAsync(new SchemaMigrator(managed.Master, managed.Options));
        Statements().Matches(refusal.Message).Select(match => match.Value).Should().Equal(Named(told));
    }

    [Fact]
    public async Task Owner_of_a_database_whose_schema_public_is_anothers_is_told_what_to_grant()
    {
        await using var managed = await NewAsync("owner", "");
        await managed.Superuser.RunAsync("ALTER SCHEMA public OWNER TO CURRENT_USER");
        (await FailureAsync(new SchemaMigrator(managed.Master, managed.Options))).Message
            .Should().Contain($"GRANT USAGE, CREATE ON SCHEMA public TO {managed.Login} WITH GRANT OPTION;");
    }

    [Theory]
    [InlineData("owner")]
    [InlineData("granted")]
    public async Task Second_deployer_without_createrole_runs_new_files_and_protects_its_own_tables(string kind)
    {
        await using var managed = await NewAsync(kind, "");
        var (options, login) = (managed.Options, managed.Server.NewRoleName("pipeline"));
        await new SchemaMigrator(managed.Master, options).MigrateAsync(Sql.Cancel);
        await managed.Superuser.RunAsync($"CREATE ROLE {login} LOGIN");
        var pipeline = managed.Database.As(login);
        (await FailureAsync(new SchemaMigrator(pipeline, options))).Message.Should().Contain($"GRANT {options.Roles.Owner} TO this login");
        await using var master = await Sql.OpenAsync(managed.Master, Sql.Cancel);
        await master.RunAsync(managed.Named(Guide.Blocks("sql", "A second")[0], login));

        (await new SchemaMigrator(pipeline, options).MigrateAsync(Sql.Cancel)).Applied.Should().BeEmpty();
        // As if a newer version had other texts.
        var changed = await managed.Superuser.RunAsync("UPDATE app.schema_migrations SET checksum = 'old' WHERE scriptname ~ '^objects/'");
        (await new SchemaMigrator(pipeline, options).MigrateAsync(Sql.Cancel)).Applied.Should().HaveCount(changed);
        await MakeTableAsync(pipeline, "shipments");
        (await new TableProtection(pipeline).ProtectAsync(["public.shipments"], cancellationToken: Sql.Cancel)).Should().BeEmpty();
        await using (var connection = await Sql.OpenAsync(pipeline, Sql.Cancel))
            await connection.RunAsync(managed.Named(Guide.Blocks("sql", "A second")[1]));

        // The first deployer may not alter a table of the second, and the seal needs every table.
        var sealing = new SchemaMigratorOptions { Roles = options.Roles, Seal = true };
        await new ContextSealKeys(managed.Master).AddAsync(Sql.Cancel);
        (await FailureAsync(new SchemaMigrator(managed.Master, sealing))).Message.Should().Contain($"shipments OWNER TO {options.Roles.Owner};");
        await using (var connection = await Sql.OpenAsync(pipeline, Sql.Cancel))
            await connection.RunAsync($"ALTER TABLE public.shipments OWNER TO {options.Roles.Owner}");
        (await new SchemaMigrator(pipeline, sealing).MigrateAsync(Sql.Cancel)).Applied.Should().Contain("seal/sealed_context.sql");
        (await new SchemaMigrator(managed.Master, sealing).MigrateAsync(Sql.Cancel)).Applied.Should().BeEmpty();
        (await WarningsAsync(managed.Database.As(options.Roles.AppLogin), options.Roles)).Should().Equal(LeftOpen);
    }

    [Fact]
    public async Task Second_deployer_without_the_role_of_the_keys_is_told_to_ask_for_it()
    {
        await using var managed = await NewAsync("owner", "");
        var (options, login) = (managed.Options, managed.Server.NewRoleName("pipeline"));
        await new SchemaMigrator(managed.Master, options).MigrateAsync(Sql.Cancel);
        await managed.Superuser.RunAsync($"CREATE ROLE {login} LOGIN");
        await using var master = await Sql.OpenAsync(managed.Master, Sql.Cancel);
        await master.RunAsync($"GRANT {options.Roles.Owner} TO {login}");
        (await new SchemaMigrator(managed.Database.As(login), options).MigrateAsync(Sql.Cancel)).Applied.Should().BeEmpty("nothing of the keys is pending");
        (await FailureAsync(new SchemaMigrator(managed.Database.As(login), new() { Roles = options.Roles, Seal = true }))).Message
            .Should().Contain($"GRANT {options.Roles.Sealer} TO {login};");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Guard_is_refused_before_anything_is_changed(bool isMigrated)
    {
        await using var managed = await NewAsync("owner", "");
        if (isMigrated)
            await new SchemaMigrator(managed.Master, managed.Options).MigrateAsync(Sql.Cancel);
        var refusal = await FailureAsync(new SchemaMigrator(managed.Master, new() { Roles = managed.Options.Roles, Guard = true }));
        refusal.SqlState.Should().Be("42501");
        refusal.Message.Should().Contain("nothing was changed").And.Contain("only a superuser can create").And.Contain("sme-data audit in CI");
        (await managed.Superuser.CountAsync("pg_namespace WHERE nspname = 'app_guard'")).Should().Be(0);
        (await managed.Superuser.CountAsync($"pg_roles WHERE rolname = '{managed.Options.Roles.Owner}'")).Should().Be(isMigrated ? 1 : 0);
    }

    private static async Task MakeTableAsync(string login, string name)
    {
        await using var connection = await Sql.OpenAsync(login, Sql.Cancel);
        await connection.RunAsync($"""
            CREATE TABLE public.{name} (org_id uuid NOT NULL DEFAULT app.current_org_id() REFERENCES public.organizations (id) ON DELETE CASCADE,
                id uuid NOT NULL DEFAULT gen_random_uuid(), PRIMARY KEY (org_id, id))
            """);
    }

    private static async Task<IEnumerable<string>> WarningsAsync(string login, SchemaRoles roles) =>
        (await new SchemaAudit(login, roles.ToAuditOptions()).RunAsync(Sql.Cancel)).Findings
            .Where(finding => finding.Severity >= AuditSeverity.Warning).Select(finding => finding.RuleId).Distinct().Order(StringComparer.Ordinal);

    private static async Task<SchemaMigrationException> FailureAsync(SchemaMigrator migrator) =>
        (await migrator.Awaiting(m => m.MigrateAsync(Sql.Cancel)).Should().ThrowAsync<SchemaMigrationException>()).Which;

    private static async Task<Managed> NewAsync(string kind, string selfGrant)
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        var managed = new Managed(server, database, server.NewRoleName("master"), new() { Roles = TestRoles.New(server) },
            await Sql.OpenAsync(database, Sql.Cancel));
        await managed.Superuser.RunAsync($"CREATE ROLE {managed.Login} LOGIN CREATEROLE");
        if (server.ServerVersion.Major >= 16)
            await managed.Superuser.RunAsync($"ALTER ROLE {managed.Login} SET createrole_self_grant = '{selfGrant}'");
        var group = server.NewRoleName("group");
        await managed.Superuser.RunAsync(kind switch
        {
            "owner" => $"ALTER DATABASE {database.DatabaseName()} OWNER TO {managed.Login}",
            "member" => $"CREATE ROLE {group}; GRANT {group} TO {managed.Login}; ALTER DATABASE {database.DatabaseName()} OWNER TO {group}",
            "granted" => managed.Named(Guide.Blocks("sql", "A login that does not own")[0]),
            _ => "SELECT",
        });
        return managed;
    }

    [GeneratedRegex("(GRANT|REVOKE|ALTER ROLE) [^;]*;")]
    private static partial Regex Statements();

    private sealed record Managed(TestServer Server, string Database, string Login, SchemaMigratorOptions Options, NpgsqlConnection Superuser)
        : IAsyncDisposable
    {
        public string Master => Database.As(Login);

        /// <summary>A block of the page, with the names of this test.</summary>
        public string Named(string block, string pipeline = "") => block.Replace("DATABASE shop", $"DATABASE {Database.DatabaseName()}")
            .Replace("migrator", Login).Replace("pipeline", pipeline).Replace("app_owner", Options.Roles.Owner).Replace("app_sealer", Options.Roles.Sealer);

        public ValueTask DisposeAsync() => Superuser.DisposeAsync();
    }
}
