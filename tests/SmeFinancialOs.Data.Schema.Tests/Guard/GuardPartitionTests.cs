namespace SmeFinancialOs.Data.Schema.Tests.Guard;

/// <summary>
/// A partition on which nothing is granted needs no policies of its own: the app reaches it through its parent alone. Whatever would let the app reach it
/// directly is refused. Each attack reads another organization's rows where the guard is disabled.
/// </summary>
public sealed class GuardPartitionTests(GuardedDatabase database) : IClassFixture<GuardedDatabase>, IAsyncLifetime
{
    private const string New = "PARTITION OF public.events FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')";
    private const string Attach = "ALTER TABLE public.events ATTACH PARTITION public.t FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')";
    private const string Rows = $"INSERT INTO public.t SELECT '{MigratedDatabase.B}', n, '2030-02-03' FROM generate_series(1, 3) n";
    private const string BecomeTenant =
        $"SET LOCAL SESSION AUTHORIZATION app_user; SET LOCAL ROLE tenant_role; SET LOCAL app.current_org_id = '{MigratedDatabase.A}'";

    private const string Select = "tenant_role may SELECT it";
    private const string NotProtected = "row-level security is not enabled";

    /// <summary>What the owner of the tables runs, the table from which a tenant reads foreign rows then, and what the guard says of it.</summary>
    private static readonly Dictionary<string, (string Sql, string Attacked, string Fault)> Attacks = new()
    {
        ["GRANT"] = ("GRANT SELECT ON public.plain TO tenant_role", "public.plain", Select),
        ["GRANT on columns"] = ("GRANT SELECT (org_id, id) ON public.plain TO tenant_role", "public.plain", Select),
        ["GRANT TO PUBLIC"] = ("GRANT SELECT ON public.plain TO PUBLIC", "public.plain", "PUBLIC may SELECT it"),
        ["GRANT on all tables"] = ("GRANT SELECT ON ALL TABLES IN SCHEMA public TO tenant_role", "public.plain", Select),
        ["GRANT on a partition of a partition"] = ("GRANT SELECT ON public.nested_1 TO tenant_role", "public.nested_1", Select),
        ["GRANT on a partition that has partitions"] = ("GRANT SELECT ON public.nested TO tenant_role", "public.nested", Select),
        ["GRANT on the default partition"] = ($"CREATE TABLE public.rest PARTITION OF public.events DEFAULT; "
            + $"INSERT INTO public.rest VALUES ('{MigratedDatabase.B}', 1, '1999-01-01'); GRANT SELECT ON public.rest TO tenant_role", "public.rest", Select),
        ["CREATE and GRANT"] = ($"CREATE TABLE public.t {New}; {Rows}; GRANT SELECT ON public.t TO tenant_role", "public.t", Select),
        ["ATTACH of a table with grants"] = ("CREATE TABLE public.t (LIKE public.events INCLUDING ALL); GRANT SELECT ON public.t TO tenant_role; "
            + $"{Attach}; {Rows}", "public.t", Select),
        ["ATTACH of a table that was allowed"] = ("CREATE TABLE public.t (LIKE public.events INCLUDING ALL); GRANT SELECT ON public.t TO tenant_role; "
            + $"SELECT app_guard.allow('public.t', 'the same for all'); {Attach}; {Rows.Replace("public.t ", "public.events ")}", "public.t", Select),
        ["GRANT on a partition that was allowed"] = ("SELECT app_guard.allow('public.plain', 'x'); GRANT SELECT ON public.plain TO tenant_role",
            "public.plain", Select),
        ["DETACH and GRANT"] = ("ALTER TABLE public.events DETACH PARTITION public.plain; GRANT SELECT ON public.plain TO tenant_role",
            "public.plain", NotProtected),
        ["ALTER DEFAULT PRIVILEGES"] = ($"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO tenant_role; CREATE TABLE public.t {New}; {Rows}",
            "public.t", Select),
        ["an inheritance child"] = ("CREATE TABLE public.t () INHERITS (public.orders); GRANT SELECT ON public.t TO tenant_role; "
            + $"INSERT INTO public.t VALUES ('{MigratedDatabase.B}', 1)", "public.t", NotProtected),
        ["a view of the owner's"] = ("CREATE VIEW public.t AS SELECT * FROM public.plain; GRANT SELECT ON public.t TO tenant_role", "public.t",
            "a view without security_invoker asks the policies about its owner"),
        ["a materialized view"] = ("CREATE MATERIALIZED VIEW public.t AS SELECT * FROM public.plain; GRANT SELECT ON public.t TO tenant_role", "public.t",
            "a materialized view has no policies"),
    };

    public static TheoryData<string> Names => [.. Attacks.Keys];

    public async ValueTask InitializeAsync()
    {
        await using var owner = await database.OpenAsync(MigrationLogin.Owner);
        if (await owner.CountAsync("pg_class WHERE relname = 'plain'") > 0)
            return;
        await owner.RunAsync("CREATE TABLE public.plain PARTITION OF public.events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')");
        await owner.RunAsync("CREATE TABLE public.nested PARTITION OF public.events FOR VALUES FROM ('2028-01-01') TO ('2029-01-01') PARTITION BY LIST (id)");
        await owner.RunAsync("CREATE TABLE public.nested_1 PARTITION OF public.nested FOR VALUES IN (1)");
        await using var superuser = await database.OpenAsync(MigrationLogin.Superuser);
        await superuser.RunAsync($"""
            INSERT INTO public.organizations (id, name, slug) VALUES ('{MigratedDatabase.A}', 'A', 'a'), ('{MigratedDatabase.B}', 'B', 'b');
            INSERT INTO public.events SELECT o.id, 1, d.day
            FROM (VALUES ('{MigratedDatabase.A}'::uuid), ('{MigratedDatabase.B}')) AS o (id), (VALUES ('2027-01-02'::date), ('2028-01-02')) AS d (day)
            """);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_attack_reads_foreign_rows_without_the_guard_and_is_refused_with_it(string name)
    {
        var (sql, attacked, fault) = Attacks[name];
        await using (var unguarded = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel))
        {
            await unguarded.RunAsync("BEGIN; ALTER EVENT TRIGGER tenant_guard DISABLE; ALTER TABLE app_guard.pending DISABLE TRIGGER check_at_commit; "
                // A superuser's rows: under FORCE the owner of the parent has none.
                + string.Concat(sql.Split("; ").Select(one => one.StartsWith("INSERT") ? one + "; " : $"SET LOCAL ROLE app_owner; {one}; RESET ROLE; ")));
            (await unguarded.ListAsync<string>("SELECT fault FROM app_guard.faults()")).Should().Contain(fault);
            await unguarded.RunAsync(BecomeTenant);
            (await unguarded.CountAsync($"{attacked} WHERE org_id = '{MigratedDatabase.B}'")).Should().BePositive();
        }

        await using var superuser = await database.OpenAsync(MigrationLogin.Superuser);
        await superuser.RunAsync("BEGIN");
        foreach (var one in sql.Split("; "))
            await superuser.RunAsync(one.StartsWith("INSERT") ? one : $"SET LOCAL ROLE app_owner; {one}; RESET ROLE");
        var refusal = await superuser.RefusalAsync("COMMIT");
        refusal.SqlState.Should().Be("42P17");
        refusal.MessageText.Should().Contain($"{attacked}: {fault}");
        await using var tenant = await TenantAsync();
        (await tenant.ErrorOfAsync($"SELECT count(*) FROM {attacked} WHERE org_id = '{MigratedDatabase.B}'"))!.SqlState.Should().BeOneOf("42501", "42P01");
    }

    [Fact]
    public async Task Through_the_parent_a_plain_partition_shows_the_own_rows_alone()
    {
        await using var tenant = await TenantAsync();
        (await tenant.ListAsync<Guid>("SELECT DISTINCT org_id FROM public.events WHERE day BETWEEN '2027-01-01' AND '2028-12-31'"))
            .Should().Equal(Guid.Parse(MigratedDatabase.A));
        (await tenant.CountAsync("public.events")).Should().Be(2);
        (await tenant.RunAsync($"UPDATE public.events SET id = 1 WHERE org_id = '{MigratedDatabase.B}'")).Should().Be(0);
        (await tenant.RefusalAsync($"INSERT INTO public.events VALUES ('{MigratedDatabase.B}', 2, '2027-05-05')")).SqlState.Should().Be("42501");
        foreach (var partition in new[] { "plain", "nested", "nested_1" })
            (await tenant.RefusalAsync($"SELECT FROM public.{partition}")).SqlState.Should().Be("42501");
    }

    [Fact]
    public async Task A_partition_that_belongs_to_a_role_of_the_app_is_refused()
    {
        await using var superuser = await database.OpenAsync(MigrationLogin.Superuser);
        (await superuser.RefusalAsync("ALTER TABLE public.plain OWNER TO tenant_role")).MessageText.Should().Contain("public.plain: it belongs to tenant_role");
    }

    [Fact]
    public async Task A_detached_partition_is_a_table_of_its_own_and_refused_until_it_is_protected_or_dropped()
    {
        const string create = "CREATE TABLE public.old PARTITION OF public.events FOR VALUES FROM ('2001-01-01') TO ('2002-01-01')";
        await using var owner = await database.OpenAsync(MigrationLogin.Owner);
        await owner.RunAsync(create);
        (await owner.RefusalAsync("ALTER TABLE public.events DETACH PARTITION public.old")).Hint.Should().StartWith("SELECT app.protect_table('public.old'");
        await owner.RunAsync("ALTER TABLE public.events DETACH PARTITION public.old; SELECT app.protect_table('public.old')");
        await owner.RunAsync("DROP TABLE public.old");
        await owner.RunAsync(create);
        await owner.RunAsync("ALTER TABLE public.events DETACH PARTITION public.old; DROP TABLE public.old");
        await owner.RunAsync(create);

        // Concurrently, it is two transactions: the guard refuses the second, and the partition stays closed until FINALIZE comes together with its protection.
        (await owner.RefusalAsync("ALTER TABLE public.events DETACH PARTITION public.old CONCURRENTLY")).MessageText.Should().Contain("public.old: ");
        await owner.RunAsync("ALTER TABLE public.events DETACH PARTITION public.old FINALIZE; SELECT app.protect_table('public.old')");
        await owner.RunAsync("DROP TABLE public.old");
    }

    /// <summary>pg_read_all_data reads every table without row-level security, granted or not.</summary>
    [Theory]
    [InlineData("pg_read_all_data")]
    [InlineData("pg_write_all_data")]
    public async Task Where_the_app_may_read_or_write_all_data_a_plain_partition_is_refused(string role)
    {
        var roles = TestRoles.New(await TestServer.GetSharedAsync(Sql.Cancel));
        var connectionString = await (await TestServer.GetSharedAsync(Sql.Cancel)).CreateEmptyDatabaseAsync(Sql.Cancel);
        await new SchemaMigrator(connectionString, new() { Guard = true, Roles = roles }).MigrateAsync(Sql.Cancel);
        await using var superuser = await Sql.OpenAsync(connectionString, Sql.Cancel);
        await superuser.RunAsync($"SET ROLE {roles.Owner}; CREATE TABLE public.events (org_id uuid NOT NULL REFERENCES public.organizations, id int) "
            + "PARTITION BY LIST (id); "
            + "SELECT app.protect_table('public.events'); RESET ROLE");
        const string create = "CREATE TABLE public.plain PARTITION OF public.events FOR VALUES IN (1)";
        await superuser.RunAsync($"BEGIN; GRANT {role} TO {roles.Tenant} WITH ADMIN OPTION");
        await superuser.RunAsync(create);
        (await superuser.RefusalAsync("COMMIT")).MessageText.Should().Contain("public.plain: " + NotProtected);
        await superuser.RunAsync(create);
    }

    /// <summary>docs/limits.md: the guard does not read bodies. A function of the owner's that names a plain partition meets no policy of its own.</summary>
    [Fact]
    public async Task Known_limit_a_definer_function_that_names_a_plain_partition_sees_every_organization_until_its_parent_is_protected_again()
    {
        await using var owner = await database.OpenAsync(MigrationLogin.Owner);
        await owner.RunAsync("CREATE TABLE public.named PARTITION OF public.events FOR VALUES FROM ('2033-01-01') TO ('2034-01-01'); "
            + "CREATE FUNCTION public.count_named() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp "
            + "AS 'SELECT count(*) FROM public.named'; GRANT EXECUTE ON FUNCTION public.count_named() TO tenant_role");
        await using var superuser = await database.OpenAsync(MigrationLogin.Superuser);
        await superuser.RunAsync($"INSERT INTO public.events VALUES ('{MigratedDatabase.B}', 1, '2033-02-02')");
        await using var tenant = await TenantAsync();
        (await tenant.ScalarAsync<long>("SELECT public.count_named()")).Should().Be(1);

        await superuser.RunAsync("BEGIN");
        await superuser.RunAsync("SELECT app.protect_table('public.events')");
        await superuser.RunAsync(BecomeTenant);
        (await superuser.ScalarAsync<long>("SELECT public.count_named()")).Should().Be(0);
        await superuser.RunAsync("ROLLBACK");
    }

    private async Task<Npgsql.NpgsqlConnection> TenantAsync()
    {
        var tenant = await Sql.OpenAsync(database.ConnectionString.As("app_user"), Sql.Cancel);
        await tenant.RunAsync($"SET ROLE tenant_role; SET app.current_org_id = '{MigratedDatabase.A}'");
        return tenant;
    }
}
