using Npgsql;

namespace SmeFinancialOs.Data.Schema.Tests;

public sealed class DeleteOrganizationTests(MigratedDatabase database) : IClassFixture<MigratedDatabase>
{
    private const string Count = "SELECT table_name || ' ' || deleted_rows FROM app.delete_tenant('{0}')";

    [Fact]
    public async Task Admin_deletes_an_organization_with_every_row_and_is_told_how_many()
    {
        await using var owner = await WithLooseTableAsync();
        var (mine, other) = (await NewOrganizationAsync(owner), await NewOrganizationAsync(owner));
        await using var admin = await database.OpenAsync("admin_role");

        (await admin.ListAsync<string>(Delete(mine))).Should().Equal("public.organizations 1", "public.\"Loose Notes\" 3", "public.invoices 2");

        foreach (var (table, column) in new[] { ("organizations", "id"), ("invoices", "org_id"), ("\"Loose Notes\"", "\"Org\"") })
        {
            (await owner.CountAsync($"{table} WHERE {column} = '{mine}'")).Should().Be(0, because: $"nothing is left in {table}");
            (await owner.CountAsync($"{table} WHERE {column} = '{other}'")).Should().BePositive(because: $"the others stay in {table}");
        }

        (await admin.ListAsync<string>(Delete(mine))).Should().BeEmpty();
        (await admin.ListAsync<string>(Delete(Guid.Empty.ToString()))).Should().BeEmpty();
    }

    [Theory]
    [InlineData("tenant_role")]
    [InlineData("demo_role")]
    public async Task Neither_a_tenant_nor_the_demo_deletes_itself_or_another(string role)
    {
        await using var owner = await WithLooseTableAsync();
        var (mine, other) = (await NewOrganizationAsync(owner), await NewOrganizationAsync(owner));
        foreach (var own in new[] { mine, MigratedDatabase.Demo })
        {
            await using var connection = await database.OpenAsync(role, own);
            foreach (var attack in new[] { Delete(own), Delete(other), Delete(MigratedDatabase.Demo), "DELETE FROM organizations" })
                (await connection.RefusalAsync(attack)).SqlState.Should().Be("42501");
        }

        foreach (var organization in new[] { mine, other })
        {
            (await owner.CountAsync($"organizations WHERE id = '{organization}'")).Should().Be(1);
            (await owner.CountAsync($"invoices WHERE org_id = '{organization}'")).Should().Be(2);
            (await owner.CountAsync($"\"Loose Notes\" WHERE \"Org\" = '{organization}'")).Should().Be(3);
        }

        (await owner.CountAsync($"organizations WHERE id = '{MigratedDatabase.Demo}'")).Should().Be(1);
        (await owner.CountAsync($"invoices WHERE org_id = '{MigratedDatabase.Demo}'")).Should().Be(1);
    }

    /// <summary>What a GRANT of the owner could give back, one of the two alone.</summary>
    [Theory]
    [InlineData("GRANT EXECUTE ON FUNCTION app.delete_tenant(app.tenant_id) TO PUBLIC")]
    [InlineData("GRANT EXECUTE ON FUNCTION app.delete_tenant(app.tenant_id) TO tenant_role; GRANT DELETE ON organizations TO tenant_role")]
    [InlineData("ALTER FUNCTION app.delete_tenant(app.tenant_id) SECURITY DEFINER; GRANT EXECUTE ON FUNCTION app.delete_tenant(app.tenant_id) TO tenant_role")]
    public async Task A_grant_that_comes_back_deletes_nothing_yet(string grant)
    {
        await using var owner = await database.OpenAsync();
        var organization = await NewOrganizationAsync(owner, loose: false);
        await owner.RunAsync($"BEGIN; {grant}; SET LOCAL SESSION AUTHORIZATION app_user; SET LOCAL ROLE tenant_role");
        await owner.RunAsync($"SET LOCAL app.current_org_id = '{organization}'; SAVEPOINT s");
        try
        {
            (await owner.ListAsync<string>(Delete(organization))).Should().BeEmpty();
        }
        catch (PostgresException fault)
        {
            fault.SqlState.Should().Be("42501");
            await owner.RunAsync("ROLLBACK TO s");
        }

        (await owner.CountAsync("organizations")).Should().Be(1);
        (await owner.CountAsync("invoices")).Should().Be(2);
        await owner.RunAsync("ROLLBACK");
    }

    /// <summary>Two protected tables that refer to each other, and nothing cascades.</summary>
    [Fact]
    public async Task Tables_that_refer_to_each_other_are_emptied_whatever_their_names()
    {
        await using var owner = await database.OpenAsync();
        await owner.RunAsync("""
            BEGIN;
            CREATE TABLE a (org_id uuid NOT NULL REFERENCES organizations, id int, PRIMARY KEY (org_id, id));
            CREATE TABLE z_child (org_id uuid NOT NULL, id int, PRIMARY KEY (org_id, id), FOREIGN KEY (org_id, id) REFERENCES a);
            SELECT app.protect_table('a'), app.protect_table('z_child')
            """);
        var organization = await NewOrganizationAsync(owner, loose: false);
        await owner.RunAsync($"INSERT INTO a VALUES ('{organization}', 1); INSERT INTO z_child VALUES ('{organization}', 1); SET LOCAL ROLE admin_role");

        (await owner.ListAsync<string>(Delete(organization))).Should().Contain("public.a 1").And.Contain("public.z_child 1");
        (await owner.CountAsync($"a WHERE org_id = '{organization}'")).Should().Be(0);
        await owner.RunAsync("ROLLBACK");
    }

    [Fact]
    public async Task Organization_that_a_policy_of_the_host_keeps_loses_nothing()
    {
        await using var owner = await database.OpenAsync();
        var organization = await NewOrganizationAsync(owner, loose: false);
        await owner.RunAsync($"""
            BEGIN; CREATE POLICY keep ON organizations AS RESTRICTIVE FOR DELETE TO admin_role USING (false);
            SET LOCAL ROLE admin_role; SAVEPOINT s
            """);

        (await owner.RefusalAsync(Delete(organization))).SqlState.Should().Be("42501");

        await owner.RunAsync("ROLLBACK TO s");
        (await owner.CountAsync($"invoices WHERE org_id = '{organization}'")).Should().Be(2);
        await owner.RunAsync("ROLLBACK");
    }

    private static string Delete(string organization) => Count.Replace("{0}", organization, StringComparison.Ordinal);

    private async Task<NpgsqlConnection> WithLooseTableAsync()
    {
        var owner = await database.OpenAsync();
        await owner.RunAsync("""
            CREATE TABLE IF NOT EXISTS "Loose Notes" ("Org" uuid NOT NULL REFERENCES organizations, txt text);
            SELECT app.protect_table('"Loose Notes"', 'Org')
            """);
        return owner;
    }

    private static async Task<string> NewOrganizationAsync(NpgsqlConnection owner, bool loose = true)
    {
        var id = Guid.NewGuid().ToString();
        await owner.RunAsync($"""
            INSERT INTO organizations (id, name, slug) VALUES ('{id}', 'x', '{id}');
            INSERT INTO invoices (org_id, number, amount_cents, customer_name, issued_at) VALUES ('{id}', '1', 1, 'c', '2026-01-01'),
                ('{id}', '2', 1, 'c', '2026-01-01')
            """);
        if (loose)
            await owner.RunAsync($"INSERT INTO \"Loose Notes\" VALUES ('{id}', 'a'), ('{id}', 'b'), ('{id}', 'c')");
        return id;
    }
}
