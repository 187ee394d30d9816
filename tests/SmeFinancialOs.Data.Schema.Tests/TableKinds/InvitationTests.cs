using Npgsql;
using SmeFinancialOs.Data.Schema.Tests.TenantTypes;

namespace SmeFinancialOs.Data.Schema.Tests.TableKinds;

/// <summary>How a user becomes a member, where tenants cannot write memberships.</summary>
public sealed class InvitationTests
{
    [Theory]
    [MemberData(nameof(ShopDatabase.Forms), MemberType = typeof(ShopDatabase))]
    public async Task User_becomes_a_member_of_an_organization_that_invited_its_address_and_of_no_other(TenantIdType type, bool isHardened)
    {
        var database = await CreateAsync(type, isHardened);
        await using (var a = await database.OpenAsync("tenant_role", database.A))
            await a.RunAsync("INSERT INTO shop.invitations (email, role) VALUES ('b@x', 'owner')");
        await using var resolver = await OpenResolverAsync(database);

        foreach (var (tenant, user) in new[] { (database.B, "b"), (database.A, "a"), (database.A, "nobody"), (database.Demo, "b"), (database.A, "B"),
            (null, "b") })
            (await AcceptAsync(resolver, tenant, user)).Should().BeNull("{0} has not invited {1}", tenant, user);
        (await AcceptAsync(resolver, database.A, "b")).Should().Be(database.A);
        (await AcceptAsync(resolver, database.A, "b")).Should().BeNull("an invitation is for once");

        await using (var a = await database.OpenAsync("tenant_role", database.A))
        {
            (await a.ScalarAsync<string>("SELECT string_agg(user_id || ' ' || role, ',' ORDER BY user_id) FROM shop.memberships"))
                .Should().Be("a member,b owner,both member");
            (await a.CountAsync("shop.invitations")).Should().Be(0);
        }

        await using (var b = await database.OpenAsync("tenant_role", database.B))
            (await b.ScalarAsync<string>("SELECT string_agg(user_id, ',' ORDER BY user_id) FROM shop.memberships")).Should().Be("b,both");
        await database.ShouldSatisfyTheGuardAsync();
    }

    [Theory]
    [MemberData(nameof(ShopDatabase.Forms), MemberType = typeof(ShopDatabase))]
    public async Task Member_who_is_invited_again_stays_what_it_is(TenantIdType type, bool isHardened)
    {
        var database = await CreateAsync(type, isHardened);
        await using (var a = await database.OpenAsync("tenant_role", database.A))
            await a.RunAsync("INSERT INTO shop.invitations (email, role) VALUES ('both@x', 'owner')");
        await using var resolver = await OpenResolverAsync(database);

        (await AcceptAsync(resolver, database.A, "both")).Should().Be(database.A);

        await using var superuser = await database.OpenAsync();
        (await superuser.ListAsync<string>("SELECT role FROM shop.memberships WHERE user_id = 'both'")).Should().Equal("member", "member");
    }

    [Theory]
    [MemberData(nameof(ShopDatabase.Forms), MemberType = typeof(ShopDatabase))]
    public async Task Invitations_are_reached_by_the_function_alone(TenantIdType type, bool isHardened)
    {
        var database = await CreateAsync(type, isHardened);
        await using (var resolver = await OpenResolverAsync(database))
        {
            foreach (var attack in new[]
            {
                "SELECT FROM shop.invitations", "DELETE FROM shop.invitations", "SELECT FROM shop.memberships", "SELECT FROM shop.users",
                $"INSERT INTO shop.memberships VALUES ('{database.A}', 'b')", "SET ROLE app_resolver", "TABLE shop.memberships",
                "SELECT app.create_acceptance('shop.invitations', 'shop.users')", "SELECT app.drop_resolver('invitation')",
            })
            {
                (await resolver.SqlStateOfAsync(attack)).Should().Be("42501", attack);
            }
        }

        foreach (var (role, tenant) in new[] { ("tenant_role", database.A), ("demo_role", database.Demo) })
        {
            await using var other = await database.OpenAsync(role, tenant);
            (await other.SqlStateOfAsync($"SELECT app.accept_invitation('{database.A}', 'b')")).Should().Be("42501");
        }
    }

    [Fact]
    public async Task Dropping_the_acceptance_takes_back_function_privileges_and_policies()
    {
        var database = await CreateAsync(TenantIdType.Bigint, isHardened: true);
        await using var owner = await database.OpenAsync();

        await owner.RunAsync("SET ROLE app_owner; SELECT app.create_acceptance('shop.invitations', 'shop.users', copied => '{role}'); "
            + "SELECT app.drop_resolver('invitation')");

        (await owner.CountAsync("pg_proc WHERE proowner = 'app_resolver'::regrole")).Should().Be(0);
        (await owner.CountAsync("pg_policy WHERE 'app_resolver'::regrole = ANY (polroles)")).Should().Be(0);
        (await owner.CountAsync("pg_class WHERE relacl::text LIKE '%app_resolver%'")).Should().Be(0);
        (await owner.CountAsync("pg_attribute WHERE attacl::text LIKE '%app_resolver%'")).Should().Be(0);
    }

    [Theory]
    [InlineData("'shop.orders', 'shop.orders'", "55000", "is no table of users")]
    [InlineData("'shop.orders', NULL", "55000", "NULL is no table of users")]
    [InlineData("NULL, 'shop.users'", "55000", "NULL is no protected table of invitations")]
    [InlineData("'shop.memberships', 'shop.users'", "55000", "is no protected table of invitations")]
    [InlineData("'shop.countries', 'shop.users'", "55000", "is no protected table of invitations")]
    [InlineData("'shop.invitations', 'shop.users', 'mail'", "42703", "has no column mail")]
    [InlineData("'shop.invitations', 'shop.users', NULL", "42703", "has no column NULL")]
    [InlineData("'shop.invitations', 'shop.users', copied => '{nothing}'", "42703", "has no column nothing")]
    [InlineData("'shop.invitations', 'shop.users', copied => '{NULL}'", "22023", "copied has a NULL")]
    [InlineData("'shop.invitations', 'shop.users', copied => '{tenant}'", "22023", "or the tenant or user")]
    [InlineData("'shop.invitations', 'shop.users', copied => '{user_id}'", "22023", "or the tenant or user")]
    [InlineData("'shop.invitations', 'shop.users', copied => '{level}'", "42804", "another type than its counterpart")]
    public async Task An_acceptance_of_other_tables_is_refused_with_the_cure(string arguments, string sqlState, string message)
    {
        var database = await Shared.Value;
        await using var owner = await database.OpenAsync();
        await owner.RunAsync("BEGIN; ALTER TABLE shop.invitations ADD level int; ALTER TABLE shop.memberships ADD level text");

        var refusal = await owner.RefusalAsync($"SELECT app.create_acceptance({arguments})");

        refusal.SqlState.Should().Be(sqlState);
        refusal.MessageText.Should().Contain(message);
        refusal.Hint.Should().NotBeNullOrEmpty();
    }

    private static Lazy<Task<TypedDatabase>> Shared { get; } = new(() => CreateAsync(TenantIdType.Uuid, isHardened: false));

    private static async Task<TypedDatabase> CreateAsync(TenantIdType type, bool isHardened)
    {
        var database = await ShopDatabase.CreateAsync(type, isHardened);
        await using var owner = await database.OpenAsync();
        await owner.RunAsync($"""
            BEGIN;
            SET LOCAL ROLE app_owner;
            CREATE TABLE shop.invitations (tenant {database.TypeName} NOT NULL REFERENCES public.accounts ON DELETE CASCADE, email text, role text,
                PRIMARY KEY (tenant, email));
            SELECT app.protect_table('shop.invitations', 'tenant');
            SELECT app.create_acceptance('shop.invitations', 'shop.users', copied => ARRAY['role']);
            COMMIT
            """);
        return database;
    }

    /// <summary>The app's login as a host's resolver has it.</summary>
    private static async Task<NpgsqlConnection> OpenResolverAsync(TypedDatabase database)
    {
        var connection = await Sql.OpenAsync(database.ConnectionString.As("app_user"), Sql.Cancel);
        await connection.RunAsync("SET ROLE resolver_role");
        return connection;
    }

    private static Task<string?> AcceptAsync(NpgsqlConnection connection, string? tenant, string user) =>
        connection.ScalarAsync<string>($"SELECT app.accept_invitation({(tenant is null ? "NULL" : $"'{tenant}'")}, '{user}')::text");
}
