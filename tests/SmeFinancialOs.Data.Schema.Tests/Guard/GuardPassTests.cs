namespace SmeFinancialOs.Data.Schema.Tests.Guard;

/// <summary>An honest migration notices nothing.</summary>
public sealed class GuardPassTests(GuardedDatabase database) : IClassFixture<GuardedDatabase>
{
    [Theory]
    [InlineData("BEGIN; CREATE TABLE public.a1 (org_id uuid NOT NULL REFERENCES public.organizations, id int, PRIMARY KEY (org_id, id)); "
        + "SELECT app.protect_table('public.a1'); COMMIT")]
    [InlineData("BEGIN; CREATE TABLE public.a2 (\"Tenant\" uuid NOT NULL REFERENCES public.organizations, id int, PRIMARY KEY (\"Tenant\", id)); "
        + "SELECT app.protect_table('public.a2', 'Tenant'); COMMIT")]
    [InlineData("BEGIN; CREATE TABLE public.a3 (code text); SELECT app_guard.allow('public.a3', 'the same for all'); COMMIT")]
    [InlineData("BEGIN; CREATE TABLE public.events_2027 PARTITION OF public.events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01'); "
        + "SELECT app.protect_table('public.events'); COMMIT")]
    [InlineData("CREATE TABLE public.events_2031 PARTITION OF public.events FOR VALUES FROM ('2031-01-01') TO ('2032-01-01')")]
    [InlineData("BEGIN; CREATE TABLE public.events_2032 (LIKE public.events INCLUDING ALL); ALTER TABLE public.events ATTACH PARTITION public.events_2032 "
        + "FOR VALUES FROM ('2032-01-01') TO ('2033-01-01'); COMMIT")]
    [InlineData("CREATE TABLE public.events_2033 PARTITION OF public.events FOR VALUES FROM ('2033-01-01') TO ('2034-01-01') PARTITION BY LIST (id); "
        + "CREATE TABLE public.events_2033_1 PARTITION OF public.events_2033 FOR VALUES IN (1); DROP TABLE public.events_2033_1")]
    [InlineData("CREATE TABLE public.events_rest PARTITION OF public.events DEFAULT; DROP TABLE public.events_rest")]
    [InlineData("ALTER TABLE public.events_2026 DISABLE ROW LEVEL SECURITY; ALTER TABLE public.events_2026 ENABLE ROW LEVEL SECURITY")]
    [InlineData("BEGIN; CREATE TABLE public.log (id int) PARTITION BY LIST (id); SELECT app_guard.allow('public.log', 'of the servers'); "
        + "CREATE TABLE public.log_1 PARTITION OF public.log FOR VALUES IN (1); COMMIT")]
    [InlineData("ALTER TABLE public.orders ADD more text")]
    [InlineData("CREATE POLICY narrower ON public.orders AS RESTRICTIVE TO tenant_role USING (note IS DISTINCT FROM 'secret')")]
    [InlineData("CREATE VIEW public.v1 WITH (security_invoker) AS SELECT * FROM public.orders")]
    [InlineData("CREATE FUNCTION public.f1() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS 'SELECT 1'")]
    [InlineData("BEGIN; ALTER TABLE public.orders RENAME COLUMN org_id TO tenant_id; ALTER TABLE public.orders RENAME TO orders_2; "
        + "ALTER TABLE public.orders_2 RENAME TO orders; ALTER TABLE public.orders RENAME COLUMN tenant_id TO org_id; COMMIT")]
    [InlineData("BEGIN; ALTER FUNCTION app.current_org_id() COST 7; SELECT app_guard.pin('app.current_org_id()'); COMMIT")]
    [InlineData("BEGIN; ALTER TABLE public.orders SET SCHEMA app; ALTER TABLE app.orders ADD n int; ALTER TABLE app.orders ALTER n TYPE bigint; COMMIT; BEGIN; "
        + "ALTER TABLE app.orders SET SCHEMA public; COMMIT")]
    [InlineData("BEGIN; ALTER TABLE public.orders DISABLE ROW LEVEL SECURITY; ALTER TABLE public.orders ENABLE ROW LEVEL SECURITY; COMMIT")]
    [InlineData("BEGIN; CREATE TABLE public.gone (a int); DROP TABLE public.gone; COMMIT")]
    [InlineData("BEGIN; SAVEPOINT s; CREATE TABLE public.gone (a int); ROLLBACK TO s; COMMIT")]
    [InlineData("CREATE INDEX CONCURRENTLY orders_by_note ON public.orders (note)")]
    [InlineData("REINDEX TABLE CONCURRENTLY public.orders")]
    [InlineData("VACUUM ANALYZE public.orders")]
    public async Task An_honest_migration_passes(string sql)
    {
        await using var owner = await database.OpenAsync(MigrationLogin.Owner);
        foreach (var statement in sql.Split("; "))
            await owner.RunAsync(statement);
        await using var superuser = await database.OpenAsync(MigrationLogin.Superuser);
        (await superuser.ListAsync<string>("SELECT object || ': ' || fault FROM app_guard.faults()")).Should().BeEmpty();
        (await superuser.CountAsync("app_guard.pending")).Should().Be(0);
    }

    [Fact]
    public async Task A_temporary_table_is_its_sessions_alone()
    {
        await using var superuser = await database.OpenAsync(MigrationLogin.Superuser);
        await superuser.RunAsync("CREATE TEMP TABLE t (org_id uuid); DROP TABLE t");
    }

    [Fact]
    public async Task What_an_extension_brings_is_not_judged()
    {
        await using var superuser = await database.OpenAsync(MigrationLogin.Superuser);
        if (await superuser.CountAsync("pg_available_extensions WHERE name = 'pg_stat_statements'") > 0)
            await superuser.RunAsync("CREATE EXTENSION pg_stat_statements");
    }

    [Fact]
    public async Task Fix_that_the_refusal_names_repairs_the_table()
    {
        await using var owner = await database.OpenAsync(MigrationLogin.Owner);
        const string table = "CREATE TABLE public.mended (org_id uuid NOT NULL REFERENCES public.organizations, id int, PRIMARY KEY (org_id, id))";
        var refusal = await owner.RefusalAsync(table);
        refusal.Hint.Should().StartWith("SELECT app.protect_table('public.mended');").And.Contain("SELECT app_guard.allow('public.mended', 'why');");
        await owner.RunAsync($"BEGIN; {table}; {refusal.Hint}");
        await owner.RunAsync("COMMIT");
    }

    [Fact]
    public async Task Two_migrations_at_once_do_not_wait_for_each_other()
    {
        await using var one = await database.OpenAsync(MigrationLogin.Owner);
        await using var other = await database.OpenAsync(MigrationLogin.Owner);
        await one.RunAsync("BEGIN; COMMENT ON TABLE public.orders IS 'one'");
        await other.RunAsync("SET lock_timeout = '5s'; COMMENT ON TABLE public.events IS 'other'");
        await one.RunAsync("COMMIT");
    }
}
