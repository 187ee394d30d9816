namespace SmeFinancialOs.Data.Schema.Tests;

public sealed class ProtectTableRefusalTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    [Theory]
    [InlineData("CREATE VIEW x AS SELECT org_id FROM invoices", "x", "42809", "security_invoker")]
    [InlineData("CREATE MATERIALIZED VIEW x AS SELECT org_id FROM invoices", "x", "42809", "materialized views")]
    [InlineData("CREATE TABLE p (org_id uuid NOT NULL) PARTITION BY HASH (org_id); CREATE TABLE x PARTITION OF p FOR VALUES WITH (MODULUS 1, REMAINDER 0)", "x",
        "42809", "with their parent")]
    [InlineData("CREATE TEMP TABLE x (org_id uuid NOT NULL)", "pg_temp.x", "42809", "temporary tables")]
    [InlineData("CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE x (org_id uuid NOT NULL) SERVER s",
        "x", "42809", "foreign")]
    [InlineData("CREATE SEQUENCE x", "x", "42809", "Views need security_invoker")]
    [InlineData("CREATE TYPE x AS (org_id uuid)", "x", "42809", "Views need security_invoker")]
    [InlineData("CREATE TABLE x (id int)", "x", "42703",
        "ALTER TABLE public.x ADD COLUMN org_id uuid NOT NULL REFERENCES public.organizations (id) ON DELETE CASCADE;")]
    [InlineData("CREATE TABLE x (org_id uuid NOT NULL); ALTER TABLE x DROP COLUMN org_id", "x", "42703", "ADD COLUMN org_id")]
    [InlineData("CREATE TABLE x (org_id text NOT NULL)", "x", "42804", "ALTER TABLE public.x ALTER COLUMN org_id TYPE uuid USING org_id::uuid;")]
    [InlineData("CREATE TABLE x (org_id uuid)", "x", "23502", "ALTER TABLE public.x ALTER COLUMN org_id SET NOT NULL;")]
    [InlineData("CREATE TABLE x (org_id uuid NOT NULL REFERENCES organizations); CREATE POLICY mine ON x USING (true)", "x", "42710",
        "DROP POLICY mine ON public.x;")]
    [InlineData("CREATE TABLE x (org_id uuid NOT NULL); ALTER TABLE x OWNER TO app_user", "x", "42501", "ALTER TABLE public.x OWNER TO app_owner;")]
    [InlineData("CREATE TABLE x (org_id uuid NOT NULL); ALTER TABLE x OWNER TO tenant_role", "x", "42501", "ALTER TABLE public.x OWNER TO app_owner;")]
    public async Task What_cannot_be_made_safe_is_refused_with_the_cure(string create, string table, string sqlState, string hint)
    {
        await using var connection = await database.OpenAsync();
        await connection.RunAsync("BEGIN; " + create);

        var refusal = await connection.RefusalAsync($"SELECT app.protect_table('{table}')");

        refusal.SqlState.Should().Be(sqlState);
        refusal.Hint.Should().NotBeNull().And.Contain(hint);
    }

    [Fact]
    public async Task Following_the_hint_for_a_missing_column_makes_the_table_protectable()
    {
        await using var connection = await database.OpenAsync();
        await connection.RunAsync("BEGIN; CREATE TABLE x (id int); SAVEPOINT s");
        var refusal = await connection.RefusalAsync("SELECT app.protect_table('x')");

        await connection.RunAsync("ROLLBACK TO s; " + refusal.Hint);

        await connection.RunAsync("SELECT app.protect_table('x')");
    }

    [Fact]
    public async Task Restrictive_policies_of_the_host_are_kept()
    {
        await using var connection = await database.OpenAsync();
        await connection.RunAsync("BEGIN; CREATE TABLE x (org_id uuid NOT NULL REFERENCES organizations); CREATE POLICY mine ON x AS RESTRICTIVE USING (true)");

        await connection.RunAsync("SELECT app.protect_table('x')");

        (await connection.CountAsync("pg_policies WHERE tablename = 'x' AND policyname = 'mine'")).Should().Be(1);
    }

    [Theory]
    [InlineData("CREATE TABLE x (org_id uuid NOT NULL REFERENCES organizations PRIMARY KEY)")]
    [InlineData("CREATE TABLE x (org_id uuid NOT NULL REFERENCES organizations, n int, PRIMARY KEY (org_id, n), UNIQUE (n, org_id))")]
    [InlineData("CREATE TABLE x (org_id uuid NOT NULL REFERENCES organizations, n int); CREATE INDEX ON x (org_id, n)")]
    public async Task Sound_indexes_raise_no_warning(string create)
    {
        await using var connection = await database.OpenAsync();
        await connection.RunAsync("BEGIN; " + create);

        (await connection.WarningsAsync("SELECT app.protect_table('x')")).Should().BeEmpty();
    }

    [Theory]
    [InlineData("CREATE TABLE x (org_id uuid NOT NULL REFERENCES organizations, n int UNIQUE); CREATE INDEX ON x (org_id)", "unique index "
        + "public.x_n_key * does not contain org_id*", "Make it unique over (org_id, ..).")]
    [InlineData("CREATE TABLE x (org_id uuid NOT NULL REFERENCES organizations, n int); CREATE INDEX ON x (org_id); CREATE UNIQUE INDEX u ON x (n) "
        + "INCLUDE (org_id)", "unique index public.u *", "Make it unique over (org_id, ..).")]
    [InlineData("CREATE TABLE x (org_id uuid NOT NULL REFERENCES organizations, n int, EXCLUDE USING btree (n WITH =)); CREATE INDEX ON x "
        + "(org_id)", "unique index public.x_n_excl *", "Make it unique over (org_id, ..).")]
    [InlineData("CREATE TABLE x (org_id uuid NOT NULL REFERENCES organizations)", "no index of table public.x leads with org_id*", "CREATE INDEX ON "
        + "public.x (org_id, ..);")]
    [InlineData("CREATE TABLE x (org_id uuid NOT NULL REFERENCES organizations, n int, UNIQUE (n, org_id))", "no index of table public.x leads with "
        + "org_id*", "CREATE INDEX ON public.x (org_id, ..);")]
    [InlineData("CREATE TABLE x (org_id uuid NOT NULL REFERENCES organizations, n int); CREATE INDEX ON x (org_id) WHERE n > 1", "no index of table "
        + "public.x leads with org_id*", "CREATE INDEX ON public.x (org_id, ..);")]
    public async Task Indexes_that_tell_or_do_not_help_raise_a_warning(string create, string message, string hint)
    {
        await using var connection = await database.OpenAsync();
        await connection.RunAsync("BEGIN; " + create);

        var warning = (await connection.WarningsAsync("SELECT app.protect_table('x')")).Should().ContainSingle().Which;

        warning.MessageText.Should().Match(message);
        warning.Hint.Should().Be(hint);
    }
}
