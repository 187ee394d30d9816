using Npgsql;

namespace SmeFinancialOs.Data.Schema.Tests;

public sealed class ProtectTableTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private const string A = MigratedDatabase.A, B = MigratedDatabase.B, Demo = MigratedDatabase.Demo;

    /// <summary>Each form attacks in the way that shows a loose policy: writes without WHERE, inserts without RETURNING.</summary>
    [Theory]
    [InlineData("public.notes", "org_id")]
    [InlineData("public.\"My \"\"odd\"\" Table\"", "org_id")]
    [InlineData("public.\"Größe's\"", "\"Owner's \"\"Org\"\" %I %s\"")]
    [InlineData("public.elsewhere", "customer")]
    [InlineData("\"Other Schema\".\"Table 1\"", "org_id")]
    public async Task Protected_table_shows_and_lets_change_only_the_rows_of_the_tenant(string table, string column)
    {
        await using var owner = await AsOwnerAsync();
        await owner.RunAsync($"""
            RESET ROLE; CREATE SCHEMA IF NOT EXISTS "Other Schema" AUTHORIZATION app_owner; SET ROLE app_owner;
            CREATE TABLE {table} (id int GENERATED ALWAYS AS IDENTITY, {column} uuid NOT NULL REFERENCES public.organizations, txt text);
            CREATE INDEX ON {table} ({column});
            """);
        var name = await owner.ScalarAsync<string>($"SELECT quote_literal('{table.Replace("'", "''", StringComparison.Ordinal)}'::regclass)");
        var columnName = column.Trim('"').Replace("\"\"", "\"", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal);
        await using (var command = new NpgsqlCommand($"SELECT app.protect_table({name}, '{columnName}')", owner))
            await command.ExecuteNonQueryAsync(Sql.Cancel);
        await owner.RunAsync($"SELECT app.protect_table({name}, '{columnName}')"); // and again
        await using var real = await database.OpenAsync();
        await real.RunAsync($"INSERT INTO {table} ({column}, txt) VALUES ('{A}', 'a'), ('{B}', 'b'), ('{Demo}', 'd')");

        await using var tenant = await database.OpenAsync("tenant_role", A);
        (await tenant.ListAsync<string>($"SELECT txt FROM {table}")).Should().Equal("a");
        (await tenant.RunAsync($"UPDATE {table} SET txt = 'changed'")).Should().Be(1);
        (await tenant.RefusalAsync($"UPDATE {table} SET {column} = '{B}'")).SqlState.Should().Be("42501");
        (await tenant.RefusalAsync($"INSERT INTO {table} ({column}) VALUES ('{B}')")).SqlState.Should().Be("42501");
        (await tenant.RefusalAsync($"INSERT INTO {table} ({column}) VALUES ('{Demo}')")).SqlState.Should().Be("42501");
        (await tenant.RunAsync($"INSERT INTO {table} ({column}) VALUES ('{A}')")).Should().Be(1);
        (await tenant.RunAsync($"DELETE FROM {table}")).Should().Be(2);
        (await tenant.RefusalAsync($"TRUNCATE {table}")).SqlState.Should().Be("42501");

        (await real.ListAsync<string>($"SELECT txt FROM {table} ORDER BY 1")).Should().Equal("b", "d");
        (await owner.RefusalAsync($"SELECT FROM {table}")).SqlState.Should().Be("42501", because: "FORCE binds the owner too");
    }

    [Fact]
    public async Task Without_a_tenant_nothing_is_seen_and_nothing_written()
    {
        var table = await ProtectedAsync("CREATE TABLE {0} (org_id uuid NOT NULL REFERENCES organizations, txt text)");
        await using var nobody = await database.OpenAsync("tenant_role");

        (await nobody.CountAsync(table)).Should().Be(0);
        (await nobody.RunAsync($"UPDATE {table} SET txt = 'x'")).Should().Be(0);
        (await nobody.RunAsync($"DELETE FROM {table}")).Should().Be(0);
        (await nobody.RefusalAsync($"INSERT INTO {table} VALUES ('{A}', 'x')")).SqlState.Should().Be("42501");
        await nobody.RunAsync("BEGIN; SELECT set_config('app.current_org_id', '" + A + "', true); COMMIT");
        (await nobody.CountAsync(table)).Should().Be(0, because: "a setting that has ended reads '', which is no tenant");
        await nobody.RunAsync("SET app.current_org_id = 'not-a-uuid'");
        (await nobody.RefusalAsync($"SELECT FROM {table}")).SqlState.Should().Be("22P02");
    }

    [Theory]
    [InlineData("tenant_role")]
    [InlineData("demo_role")]
    public async Task Demo_can_be_read_and_not_written(string role)
    {
        var table = await ProtectedAsync("CREATE TABLE {0} (org_id uuid NOT NULL REFERENCES organizations, txt text)");
        await using var demo = await database.OpenAsync(role, Demo);

        (await demo.ListAsync<Guid>($"SELECT org_id FROM {table}")).Should().Equal(Guid.Parse(Demo));
        (await demo.RefusalAsync($"INSERT INTO {table} VALUES ('{Demo}', 'x')")).SqlState.Should().Be("42501");
        foreach (var write in new[] { $"UPDATE {table} SET txt = 'x'", $"DELETE FROM {table}" })
        {
            if (role == "demo_role")
                (await demo.RefusalAsync(write)).SqlState.Should().Be("42501");
            else
                (await demo.RunAsync(write)).Should().Be(0);
        }
    }

    [Fact]
    public async Task Demo_role_sees_the_demo_alone_whatever_tenant_is_set()
    {
        var table = await ProtectedAsync("CREATE TABLE {0} (org_id uuid NOT NULL REFERENCES organizations, txt text)");
        await using var demo = await database.OpenAsync("demo_role", A);

        (await demo.ListAsync<Guid>($"SELECT org_id FROM {table}")).Should().Equal(Guid.Parse(Demo));
    }

    [Fact]
    public async Task Admin_sees_and_changes_every_row()
    {
        var table = await ProtectedAsync("CREATE TABLE {0} (org_id uuid NOT NULL REFERENCES organizations, txt text)");
        await using var admin = await database.OpenAsync("admin_role");

        (await admin.RunAsync($"UPDATE {table} SET txt = 'x'")).Should().Be(3);
        (await admin.RefusalAsync($"TRUNCATE {table}")).SqlState.Should().Be("42501");
    }

    [Theory]
    [InlineData("GRANT ALL ON {0} TO PUBLIC")]
    [InlineData("GRANT ALL ON {0} TO app_user, admin_user, demo_role")]
    [InlineData("GRANT SELECT (txt), UPDATE (txt), INSERT (txt, org_id), REFERENCES (org_id) ON {0} TO PUBLIC, app_user, demo_role")]
    [InlineData("GRANT TRUNCATE, REFERENCES, TRIGGER ON {0} TO tenant_role, admin_role")]
    public async Task Grants_from_before_are_taken_back(string grant)
    {
        var table = await ProtectedAsync("CREATE TABLE {0} (org_id uuid NOT NULL REFERENCES organizations, txt text); " + grant);
        await using var real = await database.OpenAsync();

        (await real.ListAsync<string>($"""
            SELECT DISTINCT a.grantee::regrole || ' ' || a.privilege_type FROM pg_class c, aclexplode(c.relacl) a
            WHERE c.oid = '{table}'::regclass AND a.grantee <> c.relowner ORDER BY 1
            """)).Should().Equal(
            "admin_role DELETE", "admin_role INSERT", "admin_role SELECT", "admin_role UPDATE", "demo_role SELECT",
            "tenant_role DELETE", "tenant_role INSERT", "tenant_role SELECT", "tenant_role UPDATE");
        (await real.CountAsync($"pg_attribute WHERE attrelid = '{table}'::regclass AND attacl IS NOT NULL")).Should().Be(0);
    }

    [Fact]
    public async Task Stale_policies_of_the_same_names_are_made_again()
    {
        var table = await ProtectedAsync("CREATE TABLE {0} (org_id uuid NOT NULL REFERENCES organizations, txt text); "
            + "CREATE POLICY tenant_isolation ON {0} USING (true)");
        await using var tenant = await database.OpenAsync("tenant_role", A);

        (await tenant.CountAsync(table)).Should().Be(1);
    }

    [Fact]
    public async Task Caller_that_may_not_grant_usage_of_the_schema_is_warned()
    {
        await using var owner = await AsOwnerAsync();
        await owner.RunAsync("""
            RESET ROLE; CREATE SCHEMA foreign_schema; GRANT USAGE, CREATE ON SCHEMA foreign_schema TO app_owner;
            SET ROLE app_owner; CREATE TABLE foreign_schema.t (org_id uuid PRIMARY KEY REFERENCES public.organizations)
            """);

        var warnings = await owner.WarningsAsync("SELECT app.protect_table('foreign_schema.t')");

        warnings.Should().ContainSingle().Which.Hint.Should().Be("GRANT USAGE ON SCHEMA foreign_schema TO tenant_role, admin_role, demo_role;");
    }

    /// <summary>Makes a table of the owner, protects it, and fills it with a row of A, B and the demo each.</summary>
    private async Task<string> ProtectedAsync(string create)
    {
        var table = $"public.t{Guid.NewGuid():N}";
        await using var owner = await AsOwnerAsync();
        await owner.RunAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, create, table));
        await owner.RunAsync($"SELECT app.protect_table('{table}')");
        await owner.RunAsync($"RESET ROLE; INSERT INTO {table} (org_id) VALUES ('{A}'), ('{B}'), ('{Demo}')");
        return table;
    }

    private async Task<NpgsqlConnection> AsOwnerAsync()
    {
        var connection = await database.OpenAsync();
        await connection.RunAsync("SET ROLE app_owner");
        return connection;
    }
}
