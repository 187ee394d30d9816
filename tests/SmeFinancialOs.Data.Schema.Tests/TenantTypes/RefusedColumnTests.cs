using Npgsql;

namespace SmeFinancialOs.Data.Schema.Tests.TenantTypes;

/// <summary>Each type of column that app.protect_table refuses, with the cure. Some would lose the index, some would show another tenant's rows.</summary>
public sealed class RefusedColumnTests(TypedDatabases databases) : IClassFixture<TypedDatabases>
{
    private const string Loose = "CREATE COLLATION public.loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false); ";
    private const string Comment = "COMMENT ON COLUMN public.x.tenant IS 'tenant column: of a test'";

    [Theory]
    [InlineData(TenantIdType.Uuid, "text")]
    [InlineData(TenantIdType.Uuid, "varchar(36)")]
    [InlineData(TenantIdType.Uuid, "public.nested", "CREATE DOMAIN public.inside AS uuid; CREATE DOMAIN public.nested AS public.inside; ")]
    [InlineData(TenantIdType.Uuid, "public.other", "CREATE DOMAIN public.other AS text; ")]
    [InlineData(TenantIdType.Bigint, "numeric")]
    [InlineData(TenantIdType.Bigint, "numeric(10)")]
    [InlineData(TenantIdType.Bigint, "double precision")]
    [InlineData(TenantIdType.Bigint, "real")]
    [InlineData(TenantIdType.Bigint, "oid")]
    [InlineData(TenantIdType.Bigint, "text")]
    [InlineData(TenantIdType.Bigint, "public.other", "CREATE DOMAIN public.other AS integer; ")]
    [InlineData(TenantIdType.Bigint, "public.other", "CREATE DOMAIN public.other AS numeric; ")]
    [InlineData(TenantIdType.Text, "char(10)")]
    [InlineData(TenantIdType.Text, "\"char\"")]
    [InlineData(TenantIdType.Text, "name")]
    [InlineData(TenantIdType.Text, "uuid")]
    [InlineData(TenantIdType.Text, "bigint")]
    [InlineData(TenantIdType.Text, "public.citext", "CREATE EXTENSION IF NOT EXISTS citext SCHEMA public; ")]
    [InlineData(TenantIdType.Text, "public.other", "CREATE DOMAIN public.other AS varchar(20); ")]
    [InlineData(TenantIdType.Text, "public.other", "CREATE DOMAIN public.other AS char(20); ")]
    public async Task Another_type_is_refused_and_following_the_hint_cures_it(TenantIdType type, string column, string setup = "")
    {
        var database = await databases.OfAsync(type);
        await using var connection = await CreateAsync(database, setup, column);
        var name = database.TypeName;

        var refusal = await RefusalAsync(connection);

        refusal.SqlState.Should().Be("42804");
        refusal.MessageText.Should().EndWith($", and tenant ids of this database are {name}").And.StartWith("column tenant of table public.x is ");
        refusal.Hint.Should().Contain($"ALTER TABLE public.x ALTER COLUMN tenant TYPE {name} USING tenant::{name};").And.Contain("--tenant-type");
        if (type == TenantIdType.Text)
            refusal.Hint.Should().Contain("char(n) and citext take different ids for the same");
        await CureAsync(connection, $"ALTER TABLE public.x ALTER COLUMN tenant TYPE {name} USING tenant::{name}");
    }

    [Theory]
    [InlineData(TenantIdType.Uuid, "bigint")]
    [InlineData(TenantIdType.Uuid, "bytea")]
    [InlineData(TenantIdType.Uuid, "uuid[]")]
    [InlineData(TenantIdType.Bigint, "uuid")]
    [InlineData(TenantIdType.Bigint, "bigint[]")]
    [InlineData(TenantIdType.Bigint, "date")]
    [InlineData(TenantIdType.Text, "text[]")]
    [InlineData(TenantIdType.Text, "jsonb")]
    public async Task A_type_that_no_cast_makes_one_of_ids_is_refused(TenantIdType type, string column)
    {
        await using var connection = await CreateAsync(await databases.OfAsync(type), "", column);
        (await RefusalAsync(connection)).SqlState.Should().Be("42804");
    }

    [Theory]
    [InlineData("text COLLATE public.loose", Loose)]
    [InlineData("varchar(20) COLLATE public.loose", Loose)]
    [InlineData("public.spelled", Loose + "CREATE DOMAIN public.spelled AS text COLLATE public.loose; ")]
    [InlineData("public.spelled COLLATE public.loose", Loose + "CREATE DOMAIN public.spelled AS text; ")]
    [InlineData("app.tenant_id COLLATE public.loose", Loose)]
    public async Task A_nondeterministic_collation_is_refused_and_following_the_hint_cures_it(string column, string setup)
    {
        await using var connection = await CreateAsync(await databases.OfAsync(TenantIdType.Text), setup, column);

        var refusal = await RefusalAsync(connection);

        refusal.SqlState.Should().Be("42804");
        refusal.MessageText.Should().Be(
            "column tenant of table public.x has the nondeterministic collation \"loose\", which takes different tenant ids for the same");
        refusal.Hint.Should().StartWith("ALTER TABLE public.x ALTER COLUMN tenant TYPE text COLLATE \"C\";");
        await CureAsync(connection, refusal.Hint![..refusal.Hint!.IndexOf(';', StringComparison.Ordinal)]);
    }

    [Fact]
    public async Task The_tenants_table_may_have_no_such_id_either()
    {
        var database = await databases.OfAsync(TenantIdType.Text);
        await using var connection = await database.OpenAsync();
        await connection.RunAsync($"BEGIN; {Loose}CREATE TABLE public.x (id text COLLATE public.loose PRIMARY KEY); "
            + "SELECT app.unprotect_table('public.accounts')");
        (await connection.RefusalAsync("SELECT app.use_tenants('public.x', 'id')")).MessageText.Should().Contain("the nondeterministic collation \"loose\"");
    }

    /// <summary>
    /// H92, why they are refused: with the same policy, made by hand, tenant 'acme' is shown the rows of 'ACME', or of 'acme ', and may write them.
    /// </summary>
    [Theory]
    [InlineData("text COLLATE public.loose", Loose, "ACME")]
    [InlineData("public.citext", "CREATE EXTENSION IF NOT EXISTS citext SCHEMA public; ", "ACME")]
    [InlineData("char(10)", "", "acme ")]
    public async Task A_policy_made_by_hand_on_such_a_column_shows_another_tenants_rows(string column, string setup, string other)
    {
        var database = await databases.OfAsync(TenantIdType.Text);
        // A host that compares in the type of the column, so that its index serves.
        var tenantId = $"(SELECT app.current_org_id()){(column.StartsWith("text", StringComparison.Ordinal) ? "" : "::" + column)}";
        await using var connection = await CreateAsync(database, setup, column);
        await connection.RunAsync($"""
            INSERT INTO public.x VALUES ('{other}', 'secret');
            ALTER TABLE public.x ENABLE ROW LEVEL SECURITY;
            GRANT SELECT, UPDATE ON public.x TO tenant_role;
            CREATE POLICY by_hand ON public.x TO tenant_role USING (tenant = {tenantId});
            SET LOCAL app.current_org_id = 'acme';
            SET LOCAL ROLE tenant_role
            """);

        (await connection.ListAsync<string>("SELECT note FROM public.x")).Should().Equal("secret");
        (await connection.RunAsync("UPDATE public.x SET note = 'taken'")).Should().Be(1);
    }

    private static async Task<NpgsqlConnection> CreateAsync(TypedDatabase database, string setup, string column)
    {
        var connection = await database.OpenAsync();
        await connection.RunAsync($"BEGIN; {setup}CREATE TABLE public.x (tenant {column} NOT NULL, note text); CREATE INDEX ON public.x (tenant)");
        return connection;
    }

    private static async Task<PostgresException> RefusalAsync(NpgsqlConnection connection)
    {
        await connection.RunAsync($"{Comment}; SAVEPOINT s");
        return await connection.RefusalAsync("SELECT app.protect_table('public.x', 'tenant')");
    }

    private static async Task CureAsync(NpgsqlConnection connection, string cure)
    {
        await connection.RunAsync($"ROLLBACK TO s; {cure}");
        (await connection.WarningsAsync("SELECT app.protect_table('public.x', 'tenant')")).Should().BeEmpty();
        (await connection.CountAsync("pg_policy WHERE polrelid = 'public.x'::regclass AND polname = 'tenant_isolation'")).Should().Be(1);
    }
}
