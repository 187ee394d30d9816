namespace SmeFinancialOs.Data.Schema.Tests.TableKinds;

/// <summary>A tenant, the demo and an admin on a table of each kind, with each type of ids, plain, and with guard and seal.</summary>
public sealed class TableKindAttackTests
{
    public static TheoryData<TenantIdType, bool> Forms => ShopDatabase.Forms;

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Tenant_sees_its_own_rows_of_each_kind_of_table_and_shared_rows(TenantIdType type, bool isHardened)
    {
        var database = await ShopDatabase.CreateAsync(type, isHardened);

        await using (var a = await database.OpenAsync("tenant_role", database.A))
            (await a.VisibleRowsAsync()).Should().Be("users a,both; memberships a,both; orders 1; lines 1; attachments 1; notes 1; countries DE");
        await using (var b = await database.OpenAsync("tenant_role", database.B))
            (await b.VisibleRowsAsync()).Should().Be("users b,both; memberships b,both; orders 2; lines 2; attachments 2; notes 2; countries DE");
        await using (var demo = await database.OpenAsync("demo_role", database.Demo))
            (await demo.VisibleRowsAsync()).Should().Be("users demo; memberships demo; orders 3; lines 3; attachments 3; notes 3; countries DE");
        await using (var admin = await database.OpenAsync("admin_role", null))
        {
            (await admin.VisibleRowsAsync()).Should().Be(
                "users a,b,both,demo; memberships a,b,both,both,demo; orders 1,2,3; lines 1,2,3; attachments 1,2,3; notes 1,2,3; countries DE");
        }

        if (!isHardened) // a token is always of a tenant
        {
            await using var nobody = await database.OpenAsync("tenant_role", null);
            (await nobody.VisibleRowsAsync()).Should().Be("countries DE");
        }

        await database.ShouldSatisfyTheGuardAsync();
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Tenant_cannot_write_or_move_rows_of_another_tenant_in_a_child_table(TenantIdType type, bool isHardened)
    {
        var database = await ShopDatabase.CreateAsync(type, isHardened);
        await using var a = await database.OpenAsync("tenant_role", database.A);

        // A foreign parent, a missing parent, and a parent of the demo give the same error: it does not tell which there is.
        foreach (var attack in new[]
        {
            "INSERT INTO shop.attachments (order_id, name) VALUES ({0}, 'x')", "UPDATE shop.attachments SET order_id = {0}",
            "INSERT INTO shop.notes (attachment_id, text) VALUES ({0}, 'x')", "UPDATE shop.notes SET attachment_id = {0} WHERE id = 1",
            "INSERT INTO shop.attachments (id, order_id) VALUES (9, {0}) ON CONFLICT (id) DO NOTHING",
        })
        {
            foreach (var parent in new[] { 2, 3, 99 })
            {
                var statement = string.Format(System.Globalization.CultureInfo.InvariantCulture, attack, parent);
                (await a.SqlStateOfAsync(statement)).Should().Be("42501", statement);
            }
        }

        foreach (var (statement, count) in new[]
        {
            ("UPDATE shop.attachments SET name = 'x'", 1), ("UPDATE shop.notes SET text = 'x'", 1), ("DELETE FROM shop.notes WHERE id <> 1", 0),
            ("DELETE FROM shop.attachments WHERE id <> 1", 0), ("UPDATE shop.lines SET quantity = 7", 1), ("DELETE FROM shop.notes", 1),
            ("DELETE FROM shop.attachments", 1), ("INSERT INTO shop.attachments (order_id, name) VALUES (1, 'new')", 1),
        })
        {
            (await a.ScalarAsync<long>($"WITH w AS ({statement} RETURNING 1) SELECT count(*) FROM w")).Should().Be(count, statement);
        }

        await using var superuser = await database.OpenAsync();
        (await superuser.ScalarAsync<string>("SELECT string_agg(name, ',' ORDER BY name) FROM shop.attachments")).Should().Be("b,demo,new");
        (await superuser.ScalarAsync<string>("SELECT string_agg(text, ',' ORDER BY text) FROM shop.notes")).Should().Be("b,demo");
        (await superuser.ScalarAsync<string>("SELECT string_agg(id || ':' || quantity, ',' ORDER BY id) FROM shop.lines")).Should().Be("1:7,2:1,3:1");
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Users_seen_through_memberships_are_read_only_for_a_tenant(TenantIdType type, bool isHardened)
    {
        var database = await ShopDatabase.CreateAsync(type, isHardened);
        await using var a = await database.OpenAsync("tenant_role", database.A);

        // H88: whoever can write a membership can read any user; whoever can write a shared user can take it over.
        foreach (var attack in new[]
        {
            $"INSERT INTO shop.memberships VALUES ('{database.A}', 'b')", "INSERT INTO shop.memberships (user_id) VALUES ('b')",
            "UPDATE shop.memberships SET user_id = 'b'", "UPDATE shop.memberships SET user_id = 'b' WHERE user_id = 'a'",
            $"UPDATE shop.memberships SET tenant = '{database.B}'", "COPY shop.memberships FROM STDIN",
            "SELECT password_hash FROM shop.users", "SELECT * FROM shop.users", "SELECT u FROM shop.users u", "SELECT count(password_hash) FROM shop.users",
            "UPDATE shop.users SET email = 'x'", "DELETE FROM shop.users", "INSERT INTO shop.users VALUES ('x', 'x', 'x')",
            "MERGE INTO shop.memberships m USING (SELECT 'b' AS id) n ON m.user_id = n.id WHEN NOT MATCHED THEN INSERT (user_id) VALUES (n.id)",
        })
        {
            (await a.SqlStateOfAsync(attack)).Should().Be("42501", attack);
        }

        (await a.RefusalAsync("TRUNCATE shop.memberships")).SqlState.Should().Be("42501");
        await a.RunAsync("UPDATE shop.memberships SET role = 'owner'; DELETE FROM shop.memberships WHERE user_id = 'both'");
        (await a.ScalarAsync<string>("SELECT string_agg(id, ',') FROM shop.users")).Should().Be("a", "a user whose membership ends is not seen any more");
        await using var superuser = await database.OpenAsync();
        (await superuser.ScalarAsync<string>("SELECT string_agg(user_id || ' ' || role, ',' ORDER BY user_id) FROM shop.memberships"))
            .Should().Be("a owner,b member,both member,demo member");
        (await superuser.CountAsync("shop.users WHERE password_hash = 'secret'")).Should().Be(4);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Users_see_their_own_row_without_a_membership(TenantIdType type, bool isHardened)
    {
        var database = await ShopDatabase.CreateAsync(type, isHardened);
        await using var superuser = await database.OpenAsync();
        await superuser.RunAsync("DELETE FROM shop.memberships WHERE user_id = 'a'");
        await using var a = await database.OpenAsync("tenant_role", database.A);
        (await a.CountAsync("shop.users WHERE id = 'a'")).Should().Be(0);

        if (isHardened)
        {
            // Where contexts are sealed, the user of a token counts: SQL of a tenant cannot name another.
            await a.RunAsync("SELECT set_config('app.current_user_id', 'b', false)");
            (await a.SqlStateOfAsync("SELECT count(*) FROM shop.users")).Should().Be("28000");
            return;
        }

        await a.RunAsync("SELECT set_config('app.current_user_id', 'a', false)");
        (await a.CountAsync("shop.users WHERE id = 'a'")).Should().Be(1);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Shared_table_is_read_by_tenants_and_written_by_admins_and_migrations(TenantIdType type, bool isHardened)
    {
        var database = await ShopDatabase.CreateAsync(type, isHardened);
        foreach (var (role, tenant) in new[] { ("tenant_role", database.A), ("demo_role", database.Demo) })
        {
            await using var reader = await database.OpenAsync(role, tenant);
            foreach (var attack in new[]
            {
                "INSERT INTO shop.countries VALUES ('X')", "UPDATE shop.countries SET name = 'x'", "DELETE FROM shop.countries", "TRUNCATE shop.countries",
            })
                (await reader.SqlStateOfAsync(attack)).Should().Be("42501", attack);
        }

        await using (var admin = await database.OpenAsync("admin_role", null))
            await admin.RunAsync("INSERT INTO shop.countries VALUES ('FR', 'France')");
        await using var owner = await database.OpenAsync();
        await owner.RunAsync("SET ROLE app_owner; UPDATE shop.countries SET name = 'Deutschland' WHERE code = 'DE'");
        (await owner.ScalarAsync<string>("SELECT string_agg(name, ',' ORDER BY code) FROM shop.countries")).Should().Be("Deutschland,France");
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Demo_rows_of_child_tables_cannot_be_written(TenantIdType type, bool isHardened)
    {
        var database = await ShopDatabase.CreateAsync(type, isHardened);
        // As SQL of a tenant could set it. Where contexts are sealed, no token says so.
        foreach (var role in isHardened ? ["demo_role"] : new[] { "demo_role", "tenant_role" })
        {
            await using var demo = await database.OpenAsync(role, database.Demo);
            foreach (var table in new[] { "shop.attachments", "shop.notes", "shop.lines", "shop.orders" })
            {
                // Where the role has the privilege, the statement writes no row.
                await demo.ErrorOfAsync($"DELETE FROM {table}");
                await demo.ErrorOfAsync($"UPDATE {table} SET id = 77");
            }

            (await demo.SqlStateOfAsync("INSERT INTO shop.attachments (order_id) VALUES (3)")).Should().Be("42501");
            (await demo.SqlStateOfAsync("INSERT INTO shop.notes (attachment_id) VALUES (3)")).Should().Be("42501");
        }

        await using var superuser = await database.OpenAsync();
        (await superuser.ScalarAsync<long>("""
            SELECT count(*) FROM (SELECT id FROM shop.attachments UNION ALL SELECT id FROM shop.notes UNION ALL SELECT id FROM shop.lines
                                  UNION ALL SELECT id FROM shop.orders) r WHERE id = 3
            """)).Should().Be(4);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Owner_sees_rows_of_child_tables_in_a_maintenance_or_of_the_tenant_in_force(TenantIdType type, bool isHardened)
    {
        var database = await ShopDatabase.CreateAsync(type, isHardened);
        await using (var owner = await database.OpenAsync())
        {
            await owner.RunAsync("SET ROLE app_owner");
            foreach (var table in new[] { "shop.attachments", "shop.notes", "shop.users", "shop.lines" })
                (await owner.RefusalAsync($"UPDATE {table} SET id = id")).MessageText.Should().Contain("needs a maintenance");
            await owner.RunAsync("BEGIN; SELECT app.begin_maintenance('test')");
            (await owner.VisibleRowsAsync()).Should().Contain("users a,b,both,demo").And.Contain("notes 1,2,3").And.Contain("attachments 1,2,3");
            await owner.RunAsync("ROLLBACK; RESET ROLE");
            await owner.RunAsync("""
                CREATE FUNCTION public.count_rows() RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                    RETURN (SELECT count(*) FROM shop.notes) || ' ' || (SELECT count(*) FROM shop.users);
                ALTER FUNCTION public.count_rows() OWNER TO app_owner
                """);
        }

        await using (var a = await database.OpenAsync("tenant_role", database.A))
            (await a.ScalarAsync<string>("SELECT public.count_rows()")).Should().Be("1 2");
        await using (var demo = await database.OpenAsync("demo_role", database.Demo))
            (await demo.ScalarAsync<string>("SELECT public.count_rows()")).Should().Be("1 1");
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Deleting_a_tenant_deletes_the_rows_of_its_children_and_of_no_other_tenant(TenantIdType type, bool isHardened)
    {
        var database = await ShopDatabase.CreateAsync(type, isHardened);
        await using var admin = await database.OpenAsync("admin_role", null);

        // H91: a child's order_id is no tenant. The foreign key of notes does not cascade.
        (await admin.ListAsync<string>($"SELECT table_name || ' ' || deleted_rows FROM app.delete_tenant('{database.A}')")).Should().Equal(
            "public.accounts 1", "shop.attachments 1", "shop.lines 1", "shop.memberships 2", "shop.notes 1", "shop.orders 1");

        (await admin.VisibleRowsAsync()).Should().Be(
            "users a,b,both,demo; memberships b,both,demo; orders 2,3; lines 2,3; attachments 2,3; notes 2,3; countries DE");
    }
}
