using Npgsql;
using SmeFinancialOs.Data.Schema.Tests.TenantTypes;

namespace SmeFinancialOs.Data.Schema.Tests.Maintenance;

/// <summary>H68, H69: what the owner of a table did to no row, or did not check, without an error. Now it fails and says what to do, or it is right.</summary>
public sealed class OwnerMaintenanceTests
{
    private const string Cure = "BEGIN; SELECT app.begin_maintenance('why'); .. COMMIT;";

    public static TheoryData<TenantIdType, bool, bool> Forms => TypedDatabase.Forms;

    public static TheoryData<string> Works =>
    [
        "SELECT count(*) FROM public.items",
        "UPDATE public.items SET note = 'filled'",
        "UPDATE public.items SET note = 'filled' WHERE id = 1",
        "DELETE FROM public.items",
        "INSERT INTO public.items SELECT a.id, 9, 'new' FROM public.accounts a",
        "INSERT INTO public.items SELECT i.tenant, i.id, 'again' FROM public.items i ON CONFLICT (tenant, id) DO UPDATE SET note = excluded.note",
        "MERGE INTO public.items i USING public.accounts a ON i.tenant = a.id WHEN MATCHED THEN UPDATE SET note = a.name",
        "CREATE TABLE copied AS SELECT * FROM public.items; DROP TABLE copied",
        "COPY public.items TO PROGRAM 'cat > /dev/null'",
        "CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM public.items; DROP MATERIALIZED VIEW counted",
        "CREATE TABLE public.notes (item int PRIMARY KEY); INSERT INTO public.notes VALUES (1), (2); "
            + "ALTER TABLE public.items ADD FOREIGN KEY (id) REFERENCES public.notes",
    ];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task The_owner_is_refused_without_a_maintenance_and_reaches_every_row_in_one(TenantIdType type, bool isGuarded, bool isSealed)
    {
        var table = await OwnedTable.CreateAsync(type, isGuarded, isSealed);
        await using var owner = await table.OpenAsync();

        var refusal = await owner.RefusalAsync("UPDATE public.items SET note = 'filled'");
        refusal.SqlState.Should().Be("42501");
        refusal.MessageText.Should().Be($"the rows of protected tables belong to tenants: {table.Login} needs a maintenance to read or write them");
        refusal.Hint.Should().StartWith(Cure);
        (await owner.SqlStateOfAsync("SET ROLE app_owner; UPDATE public.items SET note = 'filled'")).Should().Be("42501");
        await owner.RunAsync("RESET ROLE");

        await owner.RunAsync("BEGIN; SELECT app.begin_maintenance('fill the notes')");
        (await owner.RunAsync("UPDATE public.items SET note = 'filled'")).Should().Be(6);
        await owner.RunAsync("COMMIT");
        (await owner.SqlStateOfAsync("UPDATE public.items SET note = 'filled'")).Should().Be("42501", "the maintenance has ended");

        await using var superuser = await table.Database.OpenAsync();
        (await superuser.ListAsync<string>("SELECT format('%s: %s', login, reason) FROM app.maintenance_log")).Should().Equal($"{table.Login}: fill the notes");
        await table.Database.ShouldSatisfyTheGuardAsync();
    }

    [Theory]
    [MemberData(nameof(Works))]
    public async Task Work_on_rows_fails_without_a_maintenance_and_is_done_in_one(string sql)
    {
        var table = await OwnedTable.CreateAsync();
        await using var superuser = await table.Database.OpenAsync();
        await superuser.RunAsync($"GRANT pg_execute_server_program TO {table.Login}; GRANT CREATE ON SCHEMA public TO {table.Login}");
        await using var owner = await table.OpenAsync();
        await owner.RunAsync("BEGIN; SAVEPOINT s");
        (await owner.RefusalAsync(sql)).Hint.Should().StartWith(Cure);
        await owner.RunAsync("ROLLBACK TO s; SELECT app.begin_maintenance('work')");
        await owner.RunAsync(sql);
        await owner.RunAsync("COMMIT");
    }

    /// <summary>H68: the initial check of a foreign key runs under the policies of the owner.</summary>
    [Fact]
    public async Task A_foreign_key_that_rows_violate_is_not_marked_valid()
    {
        const string add = "ALTER TABLE public.items ADD CONSTRAINT of_note FOREIGN KEY (id) REFERENCES public.notes (id)";
        var table = await OwnedTable.CreateAsync();
        await using var owner = await table.OpenAsync();
        await using var superuser = await table.Database.OpenAsync();
        await superuser.RunAsync($"GRANT CREATE ON SCHEMA public TO {table.Login}");
        await owner.RunAsync("CREATE TABLE public.notes (id int PRIMARY KEY)");

        (await owner.SqlStateOfAsync(add)).Should().Be("42501");
        await owner.RunAsync("BEGIN; SELECT app.begin_maintenance('a key')");
        (await owner.SqlStateOfAsync(add)).Should().Be("23503");
        await owner.RunAsync($"ROLLBACK; {add} NOT VALID");
        (await owner.SqlStateOfAsync("ALTER TABLE public.items VALIDATE CONSTRAINT of_note")).Should().Be("42501");
        await owner.RunAsync("BEGIN; SELECT app.begin_maintenance('a key')");
        (await owner.SqlStateOfAsync("ALTER TABLE public.items VALIDATE CONSTRAINT of_note")).Should().Be("23503");
        await owner.RunAsync("ROLLBACK");

        // What happens without the policy.
        await superuser.RunAsync("DROP POLICY owner_maintenance ON public.items; ALTER TABLE public.items DROP CONSTRAINT of_note");
        await owner.RunAsync(add);
        (await superuser.CountAsync("pg_constraint WHERE conname = 'of_note' AND convalidated")).Should().Be(1);
    }

    [Theory]
    [InlineData("ANALYZE public.items")]
    [InlineData("VACUUM public.items")]
    [InlineData("REINDEX TABLE public.items")]
    [InlineData("CREATE INDEX ON public.items (note)")]
    [InlineData("ALTER TABLE public.items ADD CHECK (id > 0)")]
    [InlineData("ALTER TABLE public.items ALTER COLUMN note SET NOT NULL")]
    [InlineData("ALTER TABLE public.items ADD COLUMN more int NOT NULL DEFAULT 1")]
    [InlineData("ALTER TABLE public.items ALTER COLUMN id TYPE bigint")]
    public async Task Commands_that_read_no_row_through_the_policies_need_no_maintenance(string sql)
    {
        var table = await OwnedTable.CreateAsync();
        await using var owner = await table.OpenAsync();
        await owner.RunAsync(sql);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Deleting_a_tenant_takes_its_rows_by_the_cascade(TenantIdType type, bool isGuarded, bool isSealed)
    {
        var table = await OwnedTable.CreateAsync(type, isGuarded, isSealed);
        await using var admin = await table.Database.OpenAsync("admin_role", null);
        await admin.RunAsync($"DELETE FROM public.accounts WHERE id = '{table.Database.A}'");
        (await admin.CountAsync(OwnedTable.Name)).Should().Be(4);
    }

    [Fact]
    public async Task A_backup_with_the_setting_in_its_startup_options_reads_every_row()
    {
        var table = await OwnedTable.CreateAsync();
        var options = new NpgsqlConnectionStringBuilder(table.Database.ConnectionString.As(table.Login)) { Options = "-c app.maintenance=dump" };
        await using var dump = await Sql.OpenAsync(options.ConnectionString, Sql.Cancel);
        await dump.RunAsync("BEGIN TRANSACTION READ ONLY; SET row_security = on");
        (await dump.CopyOutAsync("COPY public.items TO STDOUT")).TrimEnd().Split('\n').Should().HaveCount(6);
    }

    [Fact]
    public async Task Partitions_are_the_owners_in_a_maintenance_too()
    {
        var table = await OwnedTable.CreateAsync();
        await using var superuser = await table.Database.OpenAsync();
        await superuser.RunAsync($"""
            BEGIN;
            SET LOCAL ROLE app_owner;
            CREATE TABLE public.events (tenant uuid NOT NULL REFERENCES public.accounts (id), day int) PARTITION BY LIST (day);
            CREATE TABLE public.events_1 PARTITION OF public.events FOR VALUES IN (1);
            SELECT app.protect_table('public.events', 'tenant');
            COMMIT;
            INSERT INTO public.events SELECT id, 1 FROM public.accounts
            """);
        await using var owner = await table.OpenAsync();
        foreach (var name in new[] { "public.events", "public.events_1" })
        {
            (await owner.SqlStateOfAsync($"UPDATE {name} SET day = 1")).Should().Be("42501");
            await owner.RunAsync("BEGIN; SELECT app.begin_maintenance('work')");
            (await owner.RunAsync($"UPDATE {name} SET day = 1")).Should().Be(3);
            await owner.RunAsync("COMMIT");
        }
        await superuser.RunAsync("SELECT app.unprotect_table('public.events')");
        (await superuser.CountAsync("pg_policy WHERE polrelid IN ('public.events'::regclass, 'public.events_1'::regclass)")).Should().Be(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_policy_is_for_the_owner_whoever_that_is(bool isGuarded)
    {
        var table = await OwnedTable.CreateAsync(isGuarded: isGuarded);
        await using var superuser = await table.Database.OpenAsync();
        var (shop, login) = ($"shop_{Guid.NewGuid():N}", $"shop_login_{Guid.NewGuid():N}");
        await superuser.RunAsync($"CREATE ROLE {shop}; CREATE ROLE {login} LOGIN; GRANT {shop} TO {login}; GRANT USAGE ON SCHEMA app TO {shop}");

        var move = $"ALTER TABLE public.items OWNER TO {shop}";
        if (isGuarded)
            (await superuser.RefusalAsync(move)).MessageText.Should().Contain("public.items: its tenant column or its policies are not as app.protect_table");
        await superuser.RunAsync($"BEGIN; {move}; SELECT app.protect_table('public.items', 'tenant'); COMMIT");

        await using var owner = await Sql.OpenAsync(table.Database.ConnectionString.As(login), Sql.Cancel);
        (await owner.SqlStateOfAsync("SELECT * FROM public.items")).Should().Be("42501");
        await owner.RunAsync("BEGIN; SELECT app.begin_maintenance('ours')");
        (await owner.CountAsync(OwnedTable.Name)).Should().Be(6);
        await owner.RunAsync("COMMIT");
        await table.Database.ShouldSatisfyTheGuardAsync();
    }
}
