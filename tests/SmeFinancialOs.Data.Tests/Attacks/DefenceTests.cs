using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>
/// Each defence is taken away, in a transaction that is rolled back, and the attack it stood against must succeed: otherwise the tests
/// that see it fail would prove nothing.
/// </summary>
public sealed class DefenceTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string AsA = "SET LOCAL ROLE tenant_role; SET LOCAL app.current_org_id = '{a}'; ";
    private const string AsDemoTenant = "SET LOCAL ROLE tenant_role; SET LOCAL app.current_org_id = '{demo}'; ";
    private const string InsertFor = "INSERT INTO invoices (org_id, number, amount_cents, customer_name, issued_at) VALUES ('{who}', 'planted', 1, 'x', now())";
    private const string Foreign = "SELECT FROM invoices WHERE org_id <> '{a}'";

    // what is taken away; the attack; how many rows it reaches with the defence (null: an error), and that it reaches more without is asserted
    public static TheoryData<string, string, int?> Defences => new()
    {
        { "ALTER TABLE invoices DISABLE ROW LEVEL SECURITY", AsA + Foreign, 0 },
        { "ALTER TABLE invoices NO FORCE ROW LEVEL SECURITY", "SET LOCAL ROLE app_owner; SELECT FROM invoices", 0 },
        { "ALTER POLICY tenant_isolation ON invoices USING (true)", AsA + Foreign, 0 },
        { "ALTER POLICY tenant_isolation ON invoices WITH CHECK (true)", AsA + InsertFor.Replace("{who}", "{b}", StringComparison.Ordinal), null },
        { "ALTER POLICY tenant_isolation ON invoices WITH CHECK (true)", AsA + "UPDATE invoices SET org_id = '{b}'", null },
        { "CREATE POLICY loose ON invoices FOR UPDATE USING (true)", AsA + "UPDATE invoices SET customer_name = 'x'", 5 },
        { "CREATE POLICY loose ON invoices FOR DELETE USING (true)", AsA + "DELETE FROM invoices", 5 },
        { "CREATE POLICY demo_for_all ON invoices FOR SELECT USING (org_id = app.demo_org_id())", AsA + Foreign, 0 },
        { "ALTER POLICY admin_access ON invoices TO PUBLIC", AsA + Foreign, 0 },
        { "DROP POLICY demo_no_writes_insert ON invoices", AsDemoTenant + InsertFor.Replace("{who}", "{demo}", StringComparison.Ordinal), null },
        { "DROP POLICY demo_no_writes_update ON invoices", AsDemoTenant + "UPDATE invoices SET customer_name = 'x'", 0 },
        { "DROP POLICY demo_no_writes_delete ON invoices", AsDemoTenant + "DELETE FROM invoices", 0 },
        { "GRANT SELECT ON invoices TO app_user; CREATE POLICY all_of_it ON invoices TO app_user USING (true)", "SET LOCAL SESSION AUTHORIZATION app_user; SELECT FROM invoices", null },
        { "GRANT admin_role TO app_user", "SET LOCAL SESSION AUTHORIZATION app_user; SET LOCAL ROLE admin_role; SELECT FROM invoices", null },
        { "ALTER ROLE tenant_role INHERIT; GRANT admin_role TO tenant_role {inherit}", AsA + Foreign, 0 },
        { "GRANT tenant_role TO app_user {inherit}; ALTER ROLE app_user INHERIT", "SET LOCAL SESSION AUTHORIZATION app_user; SET LOCAL app.current_org_id = '{b}'; SELECT FROM invoices", null },
        { "GRANT SELECT ON app.admin_access_log TO tenant_role", AsA + "SELECT FROM app.admin_access_log", null },
        { "ALTER VIEW safe SET (security_invoker = false); ALTER VIEW safe OWNER TO CURRENT_USER", AsA + "SELECT FROM safe WHERE org_id <> '{a}'", 0 },
    };

    [Theory]
    [MemberData(nameof(Defences))]
    public async Task Attack_succeeds_without_its_defence_and_only_then(string removal, string attack, int? reached)
    {
        (await AttackAsync(removal: null, attack)).Should().Be(reached);
        (await AttackAsync(removal, attack)).Should().BeGreaterThan(reached ?? 0);
    }

    [Fact]
    public async Task Truncate_would_empty_the_table_for_all()
    {
        (await AttackAsync(removal: null, AsA + "TRUNCATE invoices")).Should().BeNull();
        (await AttackAsync("GRANT TRUNCATE ON invoices TO tenant_role", AsA + "TRUNCATE invoices; RESET ROLE; SELECT FROM invoices")).Should().Be(0);
    }

    [Fact]
    public async Task Temporary_table_would_stand_in_for_the_real_one()
    {
        const string shadow = AsA + "CREATE TEMP TABLE invoices AS SELECT 1 AS i; SELECT FROM invoices";
        (await AttackAsync(removal: null, shadow)).Should().BeNull();
        (await AttackAsync("GRANT TEMPORARY ON DATABASE {database} TO tenant_role", shadow)).Should().Be(1);
    }

    [Fact]
    public async Task Unwrapped_empty_setting_would_be_an_error_instead_of_no_rows()
    {
        // After a transaction-local setting has ended it reads '', which is no uuid.
        const string before = "SET LOCAL app.current_org_id = ''; SET LOCAL ROLE tenant_role; SELECT FROM invoices";
        (await AttackAsync(removal: null, before)).Should().Be(0);
        (await AttackAsync("ALTER POLICY tenant_isolation ON invoices USING (org_id = (SELECT current_setting('app.current_org_id', true)::uuid))", before)).Should().BeNull();
    }

    /// <summary>As a superuser who becomes the attacker, so that all of it can be rolled back. Rows of the last statement, or null after an error.</summary>
    private async Task<int?> AttackAsync(string? removal, string attack)
    {
        attack = await FillAsync(attack); // before the locks of the removal, which it would wait for
        await using var superuser = await fixture.OpenAsSuperuserAsync();
        await using var transaction = await superuser.BeginTransactionAsync();
        await superuser.ExecuteAsync(await FillAsync("CREATE VIEW safe WITH (security_invoker = true) AS SELECT * FROM invoices; GRANT SELECT ON safe TO tenant_role; " + removal));
        try
        {
            await using var command = new NpgsqlCommand(attack, superuser);
            await using var reader = await command.ExecuteReaderAsync();
            var rows = 0;
            do
            {
                for (rows = 0; await reader.ReadAsync(); rows++)
                {
                }
            }
            while (await reader.NextResultAsync());
            return Math.Max(rows, reader.RecordsAffected);
        }
        catch (PostgresException)
        {
            return null;
        }
    }

    private async Task<string> FillAsync(string sql) => (await new Attacker(fixture).FillAsync(sql))
        .Replace("{inherit}", fixture.ServerMajorVersion < 16 ? "" : "WITH INHERIT TRUE", StringComparison.Ordinal)
        .Replace("{database}", fixture.Database.Name, StringComparison.Ordinal);
}
