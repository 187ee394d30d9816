using Npgsql;
using SmeFinancialOs.Data.Schema.Tests.TenantTypes;

namespace SmeFinancialOs.Data.Schema.Tests.Resolvers;

/// <summary>Resolving before the tenant is known: on protected tables, with each type of ids, with the guard and the seal on and off.</summary>
public sealed class ResolverTests
{
    public static TheoryData<TenantIdType, bool, bool> Forms => TypedDatabase.Forms;

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Resolving_before_the_tenant_is_known_answers_an_exact_key_and_a_membership(TenantIdType type, bool isGuarded, bool isSealed)
    {
        var database = await CreateAsync(type, isGuarded, isSealed);
        await using var resolver = await OpenAsync(database);

        (await resolver.ScalarAsync<string>("SELECT app.resolve_api_key('\\x0b')::text")).Should().Be(database.B);
        (await resolver.ScalarAsync<string>("SELECT app.resolve_api_key('\\x0c')::text")).Should().BeNull("there is no such key");
        (await resolver.ScalarAsync<string>("SELECT app.resolve_api_key('\\x0b00')::text")).Should().BeNull();
        (await resolver.ScalarAsync<string>("SELECT app.resolve_api_key(NULL)::text")).Should().BeNull();
        (await resolver.ScalarAsync<string>($"SELECT app.resolve_membership('both', '{database.B}')::text")).Should().Be(database.B);
        (await resolver.ScalarAsync<string>($"SELECT app.resolve_membership('one', '{database.B}')::text")).Should().BeNull("it is a member of A alone");
        (await resolver.ScalarAsync<string>($"SELECT app.resolve_membership('one', NULL)::text")).Should().BeNull();
        (await resolver.ListAsync<string>("SELECT app.tenants_of_membership('both')::text")).Should().BeEquivalentTo([database.A, database.B]);
        (await resolver.ListAsync<string>("SELECT app.tenants_of_membership('nobody')::text")).Should().BeEmpty();
        (await resolver.ListAsync<string>("SELECT app.tenants_of_membership(NULL)::text")).Should().BeEmpty();
        await database.ShouldSatisfyTheGuardAsync();
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Upgrades_leave_a_resolver_in_force_and_repeating_the_calls_does_no_harm(TenantIdType type, bool isGuarded, bool isSealed)
    {
        var database = await CreateAsync(type, isGuarded, isSealed);
        await using (var owner = await database.OpenAsync())
        {
            var before = await StateAsync(owner);
            await owner.RunAsync(
                $"SET ROLE app_owner; SELECT app.protect_table('public.keys', 'tenant'); SELECT app.apply_protection('public.keys'); {Resolvers}");
            (await StateAsync(owner)).Should().Be(before);
        }

        await Psql.ApplyAsync(database.ConnectionString, "without_invoicing=1");
        (await new SchemaMigrator(database.ConnectionString, new() { Invoicing = false }).MigrateAsync(Sql.Cancel)).OutdatedTables.Should().BeEmpty();

        await using var resolver = await OpenAsync(database);
        (await resolver.ScalarAsync<string>("SELECT app.resolve_api_key('\\x0b')::text")).Should().Be(database.B);
        await database.ShouldSatisfyTheGuardAsync();
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Dropping_a_resolver_takes_back_its_functions_policy_and_privileges(TenantIdType type, bool isGuarded, bool isSealed)
    {
        var database = await CreateAsync(type, isGuarded, isSealed);
        await using var owner = await database.OpenAsync();
        await owner.RunAsync(
            "SET ROLE app_owner; SELECT app.create_resolver('again', 'public.keys', '{key_hash}', 'tenant'); SELECT app.drop_resolver('api_key')");
        await using (var resolver = await OpenAsync(database))
        {
            (await resolver.ScalarAsync<string>("SELECT app.resolve_again('\\x0b')::text")).Should().Be(database.B, "another resolver of the table is there");
            (await resolver.RefusalAsync("SELECT app.resolve_api_key('\\x0b')")).SqlState.Should().Be("42883");
        }

        await owner.RunAsync("SELECT app.drop_resolver('again'), app.drop_resolver('membership')");

        (await owner.CountAsync("pg_proc WHERE proowner = 'app_resolver'::regrole")).Should().Be(0);
        (await owner.CountAsync("pg_policy WHERE 'app_resolver'::regrole = ANY (polroles)")).Should().Be(0);
        (await owner.CountAsync("pg_attribute WHERE attacl::text LIKE '%app_resolver%'")).Should().Be(0);
        (await owner.RefusalAsync("SELECT app.drop_resolver('again')")).SqlState.Should().Be("42704");
        await database.ShouldSatisfyTheGuardAsync();
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Resolver_role_reads_nothing_but_the_tenant_of_a_key_that_it_has(TenantIdType type, bool isGuarded, bool isSealed)
    {
        var database = await CreateAsync(type, isGuarded, isSealed);
        await using var resolver = await OpenAsync(database);
        // What a tenant's session may have left in force.
        await resolver.RunAsync($"SELECT set_config('app.current_org_id', '{database.A}', false)");

        foreach (var attack in new[]
        {
            "SELECT key_hash FROM public.keys", "SELECT tenant FROM public.keys", "SELECT count(*) FROM public.keys", "SELECT FROM public.members",
            "SELECT FROM public.accounts", "COPY public.keys (key_hash) TO STDOUT", "TABLE public.keys", "INSERT INTO public.keys VALUES (NULL, '\\x0d')",
            "SELECT app.create_resolver('x', 'public.keys', '{key_hash}', 'tenant')", "SELECT app.drop_resolver('api_key')",
            "SET ROLE app_resolver", "SET SESSION AUTHORIZATION app_resolver", "SELECT app.apply_resolvers('public.keys')",
            "CREATE FUNCTION app.f() RETURNS int LANGUAGE sql RETURN 1", "ALTER FUNCTION app.resolve_api_key SECURITY INVOKER",
            "DROP OWNED BY resolver_role", "CREATE TEMP TABLE keys ()",
        })
        {
            (await resolver.SqlStateOfAsync(attack)).Should().Be("42501", attack);
        }

        // Without a grant option PostgreSQL grants nothing, and says so in a warning.
        await resolver.RunAsync("GRANT EXECUTE ON FUNCTION app.resolve_api_key TO PUBLIC");
        (await resolver.ScalarAsync<string>("SELECT app.resolve_api_key('\\x0b')::text")).Should().Be(database.B);
        await using var tenant = await Sql.OpenAsync(database.ConnectionString.As("app_user"), Sql.Cancel);
        (await tenant.RefusalAsync("SET ROLE tenant_role; SELECT app.resolve_api_key('\\x0b')")).SqlState.Should().Be("42501");
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task No_other_role_can_call_a_resolver_or_become_its_owner(TenantIdType type, bool isGuarded, bool isSealed)
    {
        var database = await CreateAsync(type, isGuarded, isSealed);
        foreach (var (login, role) in new[] { ("app_user", "tenant_role"), ("app_user", "demo_role"), ("app_user", "none"), ("admin_user", "admin_role") })
        {
            await using var connection = await Sql.OpenAsync(database.ConnectionString.As(login), Sql.Cancel);
            await connection.RunAsync($"SET ROLE {role}");
            foreach (var attack in new[] { "SELECT app.resolve_api_key('\\x0b')", "SELECT app.tenants_of_membership('both')", "SET ROLE app_resolver" })
                (await connection.RefusalAsync(attack)).SqlState.Should().Be("42501", $"{role}: {attack}");
        }

        await using var admin = await Sql.OpenAsync(database.ConnectionString.As("admin_user"), Sql.Cancel);
        (await admin.RefusalAsync("SET ROLE resolver_role")).SqlState.Should().Be("42501");
    }

    [Theory]
    [InlineData("ALTER POLICY resolver_access ON public.keys TO tenant_role", "policy resolver_access is permissive for a role of the app")]
    [InlineData("ALTER POLICY resolver_access ON public.keys TO PUBLIC", "policy resolver_access is permissive for a role of the app")]
    [InlineData("GRANT SELECT (key_hash) ON public.keys TO resolver_role", "resolver_role may SELECT it")]
    [InlineData("GRANT app_resolver TO app_user; COMMENT ON TABLE public.keys IS ''", "policy resolver_access is permissive for a role of the app")]
    public async Task The_guard_refuses_the_policy_of_resolvers_for_a_role_of_the_app(string change, string fault)
    {
        var database = await CreateAsync(TenantIdType.Uuid, isGuarded: true, isSealed: false);
        await using var superuser = await database.OpenAsync();

        (await superuser.RefusalAsync($"BEGIN; {change}; COMMIT")).MessageText.Should().Contain(fault);
        await superuser.RunAsync("ROLLBACK");
        await database.ShouldSatisfyTheGuardAsync();
    }

    [Fact]
    public async Task Protecting_again_refuses_the_policy_of_resolvers_for_another_role()
    {
        var database = await CreateAsync(TenantIdType.Uuid, isGuarded: false, isSealed: false);
        await using var superuser = await database.OpenAsync();

        (await superuser.RefusalAsync("BEGIN; ALTER POLICY resolver_access ON public.keys TO tenant_role; SELECT app.protect_table('public.keys', 'tenant')"))
            .SqlState.Should().Be("42710");
    }

    [Fact]
    public async Task A_key_that_is_not_unique_any_more_is_an_error_and_no_tenant()
    {
        var database = await CreateAsync(TenantIdType.Bigint, false, false);
        await using var owner = await database.OpenAsync();
        await owner.RunAsync($"ALTER TABLE public.keys DROP CONSTRAINT keys_key_hash_key; INSERT INTO public.keys VALUES ({database.A}, '\\x0b')");
        await using var resolver = await OpenAsync(database);

        (await resolver.RefusalAsync("SELECT app.resolve_api_key('\\x0b')")).SqlState.Should().Be("21000");
    }

    internal const string Resolvers = "SELECT app.create_resolver('api_key', 'public.keys', columns => '{key_hash}', tenant_column => 'tenant'), "
        + "app.create_resolver('membership', 'public.members', columns => '{user_id,tenant}', tenant_column => 'tenant')";

    private static async Task<TypedDatabase> CreateAsync(TenantIdType type, bool isGuarded, bool isSealed)
    {
        var database = await TypedDatabase.CreateAsync(type, isGuarded, isSealed);
        await using var superuser = await database.OpenAsync();
        await superuser.RunAsync($"""
            BEGIN;
            SET LOCAL ROLE app_owner;
            CREATE TABLE public.keys (tenant {database.TypeName} NOT NULL REFERENCES public.accounts, key_hash bytea NOT NULL UNIQUE, note text);
            CREATE TABLE public.members (tenant {database.TypeName} NOT NULL REFERENCES public.accounts, user_id varchar(20), PRIMARY KEY (tenant, user_id));
            SELECT app.protect_table('public.keys', 'tenant'), app.protect_table('public.members', 'tenant');
            {Resolvers};
            COMMIT;
            INSERT INTO public.keys VALUES ('{database.A}', '\x0a'), ('{database.B}', '\x0b');
            INSERT INTO public.members VALUES ('{database.A}', 'one'), ('{database.A}', 'both'), ('{database.B}', 'both')
            """);
        return database;
    }

    private static async Task<NpgsqlConnection> OpenAsync(TypedDatabase database)
    {
        var connection = await Sql.OpenAsync(database.ConnectionString.As("app_user"), Sql.Cancel);
        await connection.RunAsync("SET ROLE resolver_role");
        return connection;
    }

    private static Task<string?> StateAsync(NpgsqlConnection connection) => connection.ScalarAsync<string>("""
        SELECT concat_ws(' | ', (SELECT string_agg(concat(pg_get_functiondef(oid), proowner::regrole, proacl), ' ' ORDER BY proname) FROM pg_proc
                    WHERE proowner = 'app_resolver'::regrole),
            (SELECT string_agg(concat(polrelid::regclass, polname, polcmd, polroles), ' ' ORDER BY polrelid, polname) FROM pg_policy),
            (SELECT string_agg(concat(attrelid::regclass, attname, attacl), ' ' ORDER BY attrelid, attname) FROM pg_attribute WHERE attacl IS NOT NULL
                AND attrelid >= 16384),
            (SELECT nspacl FROM pg_namespace WHERE nspname = 'app'))
        """);
}
