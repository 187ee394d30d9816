namespace SmeFinancialOs.Data.Schema.Tests.TenantTypes;

/// <summary>The public demo comes, changes and goes, for tables that were protected before and after.</summary>
public sealed class UseDemoTests
{
    private const string Before = "public.items";
    private const string After = "public.later";

    public static TheoryData<TenantIdType, bool, bool> Forms => [.. TestPart.Of(TypedDatabase.Forms)];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task The_demo_comes_changes_and_goes(TenantIdType type, bool isGuarded, bool isSealed)
    {
        var database = await TypedDatabase.CreateAsync(type, isGuarded, isSealed);
        await database.ProtectAsync(Before, database.TypeName);
        if (type == TenantIdType.Uuid)
        {
            await HasDemoAsync(database, database.Demo, Before);
            await UseAsync(database, null);
        }

        await HasNoDemoAsync(database, Before);

        await UseAsync(database, database.Demo);
        await database.ProtectAsync(After, database.TypeName);
        await using var kept = await database.OpenAsync("demo_role", database.Demo);
        await kept.RunAsync($"PREPARE kept AS SELECT DISTINCT tenant::text FROM {Before}");
        (await kept.ListAsync<string>("EXECUTE kept")).Should().Equal(database.Demo);
        await HasDemoAsync(database, database.Demo, Before, After);

        await UseAsync(database, database.B);
        (await kept.ListAsync<string>("EXECUTE kept")).Should().Equal([database.B], "a kept plan is for the demo of now");
        await HasDemoAsync(database, database.B, Before, After);
        await using (var former = await database.OpenAsync("tenant_role", database.Demo))
            (await former.RunAsync($"UPDATE {Before} SET note = 'mine'")).Should().Be(2, "the demo of before is a tenant like any other");

        await UseAsync(database, null);
        (await kept.RefusalAsync("EXECUTE kept")).SqlState.Should().Be("42501");
        await HasNoDemoAsync(database, Before, After);
    }

    /// <summary>H90: why there are no demo policies where there is no demo.</summary>
    [Theory]
    [InlineData(TenantIdType.Bigint)]
    [InlineData(TenantIdType.Text)]
    public async Task A_restrictive_policy_with_no_demo_would_refuse_every_insert(TenantIdType type)
    {
        var database = await TypedDatabase.CreateAsync(type);
        await database.ProtectAsync(Before, database.TypeName);
        await using var superuser = await database.OpenAsync();
        await using var tenant = await database.OpenAsync("tenant_role", database.A);
        (await tenant.RunAsync($"INSERT INTO {Before} VALUES ('{database.A}', 3)")).Should().Be(1);
        await superuser.RunAsync($"CREATE POLICY by_hand ON {Before} AS RESTRICTIVE FOR INSERT TO tenant_role "
            + "WITH CHECK (tenant <> (SELECT app.demo_org_id()))");
        (await tenant.RefusalAsync($"INSERT INTO {Before} VALUES ('{database.A}', 4)")).SqlState.Should().Be("42501");
    }

    [Fact]
    public async Task No_role_of_the_app_can_call_it()
    {
        var database = await TypedDatabase.CreateAsync(TenantIdType.Bigint);
        foreach (var role in new[] { "tenant_role", "demo_role", "admin_role" })
        {
            await using var attacker = await database.OpenAsync(role, role == "admin_role" ? null : database.A);
            foreach (var attack in new[] { "SELECT app.use_demo(1)", "SELECT app.use_demo(NULL)", "RESET ROLE; SELECT app.use_demo(1)" })
                (await attacker.RefusalAsync(attack)).SqlState.Should().Be("42501");
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task An_admin_deletes_a_tenant_with_every_row_and_no_tenant_does(TenantIdType type, bool isGuarded, bool isSealed)
    {
        var database = await TypedDatabase.CreateAsync(type, isGuarded, isSealed);
        await database.ProtectAsync(Before, database.TypeName);
        await database.ProtectAsync(After, "app.tenant_id");
        await using var superuser = await database.OpenAsync();
        await using var tenant = await database.OpenAsync("tenant_role", database.A);
        foreach (var attack in new[] { Delete(database.A), Delete(database.B), "DELETE FROM public.accounts" })
            (await tenant.RefusalAsync(attack)).SqlState.Should().Be("42501");
        (await superuser.CountAsync("public.accounts")).Should().Be(3);
        await using var admin = await database.OpenAsync("admin_role", null);

        (await admin.ListAsync<string>(Delete(database.A))).Should().Equal("public.accounts 1", "public.items 2", "public.later 2");

        (await admin.ListAsync<string>(Delete(database.A))).Should().BeEmpty();
        (await admin.ListAsync<string>("SELECT table_name FROM app.delete_tenant(NULL)")).Should().BeEmpty();
        foreach (var (table, column, count) in new[] { ("public.accounts", "id", 2), (Before, "tenant", 4), (After, "tenant", 4) })
        {
            (await superuser.CountAsync($"{table} WHERE {column} = '{database.A}'")).Should().Be(0);
            (await superuser.CountAsync(table)).Should().Be(count, "the others stay");
        }
    }

    private static string Delete(string tenant) => $"SELECT table_name || ' ' || deleted_rows FROM app.delete_tenant('{tenant}')";

    /// <summary>As the owner, who is no superuser.</summary>
    private static async Task UseAsync(TypedDatabase database, string? id)
    {
        await using var owner = await database.OpenAsync();
        await owner.RunAsync($"SET SESSION AUTHORIZATION app_owner; SELECT app.use_demo({(id is null ? "NULL" : $"'{id}'")})");
    }

    private static async Task HasNoDemoAsync(TypedDatabase database, params string[] tables)
    {
        await database.ShouldSatisfyTheGuardAsync();
        await using var superuser = await database.OpenAsync();
        (await superuser.CountAsync("pg_policy WHERE polname LIKE 'demo%'")).Should().Be(0);
        (await superuser.ScalarAsync<bool>("SELECT app.demo_org_id() IS NULL")).Should().BeTrue();
        await using var demo = await database.OpenAsync("demo_role", database.Demo);
        foreach (var table in tables.Append("public.accounts"))
            (await demo.RefusalAsync($"SELECT FROM {table}")).SqlState.Should().Be("42501");
        foreach (var id in new[] { database.A, database.B, database.Demo })
        {
            await using var tenant = await database.OpenAsync("tenant_role", id);
            foreach (var table in tables)
            {
                (await tenant.RunAsync($"INSERT INTO {table} VALUES ('{id}', 7)")).Should().Be(1);
                (await tenant.RunAsync($"DELETE FROM {table} WHERE id = 7")).Should().Be(1);
            }
        }
    }

    private static async Task HasDemoAsync(TypedDatabase database, string id, params string[] tables)
    {
        await database.ShouldSatisfyTheGuardAsync();
        await using var superuser = await database.OpenAsync();
        await using var demo = await database.OpenAsync("demo_role", id);
        await using var asTenant = await database.OpenAsync("tenant_role", id);
        await using var admin = await database.OpenAsync("admin_role", null);
        foreach (var table in tables)
        {
            (await demo.ListAsync<string>($"SELECT DISTINCT tenant::text FROM {table}")).Should().Equal(id);
            string[] attacks = [$"INSERT INTO {table} VALUES ('{id}', 8)", $"UPDATE {table} SET note = 'x'", $"DELETE FROM {table}", $"TRUNCATE {table}"];
            foreach (var attack in attacks)
                (await demo.RefusalAsync(attack)).SqlState.Should().Be("42501");
            (await asTenant.RefusalAsync($"INSERT INTO {table} VALUES ('{id}', 8)")).SqlState.Should().Be("42501");
            (await asTenant.RunAsync($"UPDATE {table} SET note = 'x'")).Should().Be(0);
            (await asTenant.RunAsync($"DELETE FROM {table}")).Should().Be(0);
            (await admin.RunAsync($"INSERT INTO {table} VALUES ('{id}', 8)")).Should().Be(1);
            (await admin.RunAsync($"DELETE FROM {table} WHERE id = 8")).Should().Be(1);
            foreach (var other in new[] { database.A, database.B, database.Demo }.Where(other => other != id))
            {
                await using var tenant = await database.OpenAsync("tenant_role", other);
                (await tenant.ListAsync<string>($"SELECT DISTINCT tenant::text FROM {table}")).Should().Equal([other], "the demo is in no list");
                (await tenant.RefusalAsync($"INSERT INTO {table} VALUES ('{id}', 8)")).SqlState.Should().Be("42501");
                (await tenant.RunAsync($"INSERT INTO {table} VALUES ('{other}', 8)")).Should().Be(1);
                (await tenant.RunAsync($"DELETE FROM {table} WHERE id = 8")).Should().Be(1);
            }

            (await superuser.CountAsync(table)).Should().Be(6);
        }

        (await demo.ListAsync<string>("SELECT id::text FROM public.accounts")).Should().Equal(id);
        (await asTenant.RunAsync("UPDATE public.accounts SET name = 'x'")).Should().Be(0);
    }
}
