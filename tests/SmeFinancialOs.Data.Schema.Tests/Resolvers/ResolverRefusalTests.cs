using Npgsql;

namespace SmeFinancialOs.Data.Schema.Tests.Resolvers;

/// <summary>What app.create_resolver refuses, with an error that says what to do.</summary>
public sealed class ResolverRefusalTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private const string Columns = "org_id uuid NOT NULL, key text, other text, whole int, maybe uuid";
    private const string Call = "SELECT app.create_resolver('k', 'public.x', '{key}', 'org_id')";
    private const string Loose = "CREATE COLLATION public.loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false); ";

    [Theory]
    [InlineData("", Call, "55000", "CREATE UNIQUE INDEX ON public.x (key)")]
    [InlineData("CREATE INDEX ON public.x (key)", Call, "55000", "CREATE UNIQUE INDEX")]
    [InlineData("CREATE UNIQUE INDEX ON public.x (key) WHERE other IS NULL", Call, "55000", "partial")]
    [InlineData("CREATE UNIQUE INDEX ON public.x (lower(key))", Call, "55000", "expression")]
    [InlineData("CREATE UNIQUE INDEX ON public.x (key, lower(other))", Call, "55000", "expression")]
    [InlineData("CREATE UNIQUE INDEX ON public.x (key, other)", Call, "55000", "CREATE UNIQUE INDEX")]
    [InlineData("CREATE UNIQUE INDEX ON public.x (other) INCLUDE (key)", Call, "55000", "CREATE UNIQUE INDEX")]
    [InlineData("ALTER TABLE public.x ADD UNIQUE (key) DEFERRABLE", Call, "55000", "deferrable")]
    [InlineData(Loose + "CREATE UNIQUE INDEX ON public.x (key COLLATE public.loose)", Call, "55000", "collation")]
    [InlineData("CREATE UNIQUE INDEX i ON public.x (key); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'public.i'::regclass", Call, "55000",
        "invalid")]
    [InlineData("CREATE UNIQUE INDEX ON public.x (key)", "SELECT app.create_resolver('k', 'public.x', '{key,other}', 'org_id')", "55000", "(key, other)")]
    [InlineData("", "SELECT app.create_resolver('k', 'public.x', '{nothing}', 'org_id')", "42703", "columns")]
    [InlineData("", "SELECT app.create_resolver('k', 'public.x', '{ctid}', 'org_id')", "42703", "columns")]
    [InlineData("", "SELECT app.create_resolver('k', 'public.x', '{key}', 'nothing')", "42703", "tenant_column")]
    [InlineData("", "SELECT app.create_resolver('k', 'public.x', '{key}', NULL)", "42703", "tenant_column")]
    [InlineData("", "SELECT app.create_resolver('k', 'public.x', '{key}', 'whole')", "42804", "tenant_column")]
    [InlineData("", "SELECT app.create_resolver('k', 'public.x', '{key}', 'maybe')", "23502", "SET NOT NULL")]
    [InlineData("", "SELECT app.create_resolver('k', 'public.x', NULL, 'org_id')", "22023", "columns =>")]
    [InlineData("", "SELECT app.create_resolver('k', 'public.x', '{}', 'org_id')", "22023", "columns =>")]
    [InlineData("", "SELECT app.create_resolver('k', 'public.x', '{NULL}', 'org_id')", "22023", "columns =>")]
    [InlineData("", "SELECT app.create_resolver('k', 'public.x', '{key,key}', 'org_id')", "22023", "columns =>")]
    [InlineData("", "SELECT app.create_resolver('k', 'public.x', '{{key},{other}}', 'org_id')", "22023", "columns =>")]
    [InlineData("", "SELECT app.create_resolver('k', 999999, '{key}', 'org_id')", "42P01", "with its schema")]
    [InlineData("", "SELECT app.create_resolver('k', NULL, '{key}', 'org_id')", "42P01", "with its schema")]
    [InlineData("CREATE VIEW public.v AS SELECT * FROM public.x", "SELECT app.create_resolver('k', 'public.v', '{key}', 'org_id')", "42809", "Views")]
    [InlineData("", "SELECT app.create_resolver('k', 'pg_catalog.pg_authid', '{rolname}', 'oid')", "42809", "PostgreSQL")]
    [InlineData("", "SELECT app.create_resolver('k', 'app.admin_access_log', '{id}', 'id')", "42809", "app")]
    [InlineData("", "SELECT app.create_resolver(NULL, 'public.x', '{key}', 'org_id')", "42602", "1 to 52")]
    [InlineData("", "SELECT app.create_resolver('', 'public.x', '{key}', 'org_id')", "42602", "1 to 52")]
    [InlineData("", "SELECT app.create_resolver('K', 'public.x', '{key}', 'org_id')", "42602", "1 to 52")]
    [InlineData("", "SELECT app.create_resolver('k(); DROP TABLE x', 'public.x', '{key}', 'org_id')", "42602", "1 to 52")]
    [InlineData("", "SELECT app.create_resolver(repeat('k', 53), 'public.x', '{key}', 'org_id')", "42602", "1 to 52")]
    [InlineData("CREATE UNIQUE INDEX ON public.x (key); CREATE FUNCTION app.resolve_k() RETURNS int LANGUAGE sql RETURN 1", Call, "42723", "another name")]
    [InlineData("CREATE UNIQUE INDEX ON public.x (key); ALTER TABLE public.x OWNER TO postgres; SET LOCAL ROLE app_owner", Call, "42501", "OWNER TO app_owner")]
    [InlineData("", "SELECT app.drop_resolver('k')", "42704", "app_resolver")]
    [InlineData("", "SELECT app.drop_resolver(NULL)", "42704", "app_resolver")]
    public async Task Bad_input_is_refused_with_a_hint(string setup, string call, string state, string hint)
    {
        await using var superuser = await OpenAsync(setup);

        var refusal = await superuser.RefusalAsync(call);

        refusal.SqlState.Should().Be(state, refusal.MessageText);
        refusal.Hint.Should().Contain(hint);
    }

    /// <summary>A column of a type of an extension is compared by the operator of its index, which is not in pg_catalog.</summary>
    [Theory]
    [InlineData("CREATE EXTENSION IF NOT EXISTS citext SCHEMA public; ALTER TABLE public.x ALTER key TYPE public.citext", "KEY")]
    [InlineData(Loose + "ALTER TABLE public.x ALTER key TYPE text COLLATE public.loose", "KEY")]
    [InlineData("CREATE TYPE public.mood AS ENUM ('key'); ALTER TABLE public.x ALTER key TYPE public.mood USING NULL", "key")]
    [InlineData("CREATE DOMAIN public.secret AS text; ALTER TABLE public.x ALTER key TYPE public.secret", "key")]
    [InlineData("ALTER TABLE public.x ALTER key TYPE char(10)", "key")]
    [InlineData("ALTER TABLE public.x RENAME key TO \"a \"\" AND $1 b\"; ALTER TABLE public.x RENAME TO \"X y\"", "key")]
    public async Task The_operator_of_the_index_compares(string setup, string asked)
    {
        await using var superuser = await OpenAsync(setup + "; CREATE UNIQUE INDEX ON " + (setup.Contains("X y", StringComparison.Ordinal)
            ? "public.\"X y\" (\"a \"\" AND $1 b\")" : "public.x (key)"));
        var (table, column) = setup.Contains("X y", StringComparison.Ordinal) ? ("public.\"X y\"", "a \" AND $1 b") : ("public.x", "key");
        await superuser.RunAsync($"""
            INSERT INTO {table} VALUES ('{MigratedDatabase.A}', 'key');
            SELECT app.create_resolver('k', '{table}', ARRAY['{column}']::name[], 'org_id'); SET LOCAL ROLE resolver_role
            """);

        (await superuser.ScalarAsync<Guid>($"SELECT app.resolve_k('{asked}')")).Should().Be(Guid.Parse(MigratedDatabase.A));
    }

    [Fact]
    public async Task Partitioned_tables_are_resolved_and_rows_of_inheritance_children_are_not()
    {
        await using var superuser = await OpenAsync($"""
            CREATE TABLE public.p (org_id uuid NOT NULL, key text UNIQUE) PARTITION BY LIST (key);
            CREATE TABLE public.p1 PARTITION OF public.p DEFAULT;
            INSERT INTO public.p VALUES ('{MigratedDatabase.A}', 'key');
            CREATE UNIQUE INDEX ON public.x (key);
            CREATE TABLE public.child () INHERITS (public.x);
            INSERT INTO public.child VALUES ('{MigratedDatabase.B}', 'child');
            SELECT app.create_resolver('p', 'public.p', '{"{key}"}'), app.create_resolver('k', 'public.x', '{"{key}"}');
            SAVEPOINT s
            """);
        (await superuser.RefusalAsync("SELECT app.create_resolver('p1', 'public.p1', '{key}')")).SqlState.Should().Be("42809");
        await superuser.RunAsync("ROLLBACK TO s; SET LOCAL ROLE resolver_role");

        (await superuser.ScalarAsync<Guid>("SELECT app.resolve_p('key')")).Should().Be(Guid.Parse(MigratedDatabase.A));
        (await superuser.ScalarAsync<Guid?>("SELECT app.resolve_k('child')")).Should().BeNull("the index does not hold for children");
    }

    private async Task<NpgsqlConnection> OpenAsync(string setup)
    {
        var superuser = await database.OpenAsync();
        await superuser.RunAsync($"BEGIN; CREATE TABLE public.x ({Columns}); ALTER TABLE public.x OWNER TO app_owner; {setup}");
        return superuser;
    }
}
