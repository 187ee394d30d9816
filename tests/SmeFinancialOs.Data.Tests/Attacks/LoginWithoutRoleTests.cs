using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>A connection that skipped the factory: app_user with the tenant set and no role. It may do nothing at all.</summary>
public sealed class LoginWithoutRoleTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    [Theory]
    [InlineData("SELECT * FROM invoices")]
    [InlineData("SELECT count(*) FROM organizations")]
    [InlineData("INSERT INTO invoices (org_id, number, amount_cents, customer_name, issued_at) VALUES ('{a}', 'x', 1, 'x', now())")]
    [InlineData("UPDATE invoices SET customer_name = 'x'")]
    [InlineData("DELETE FROM invoices")]
    [InlineData("TRUNCATE invoices")]
    [InlineData("COPY invoices TO STDOUT")]
    [InlineData("SELECT app.current_org_id()")]
    [InlineData("SELECT * FROM app.delete_organization('{b}')")]
    [InlineData("SELECT app.protect_table('invoices')")]
    [InlineData("SELECT * FROM app.admin_access_log")]
    [InlineData("SELECT * FROM app.schema_migrations")]
    [InlineData("INSERT INTO app.admin_access_log (actor, reason, read_only) VALUES ('x', 'x', true)")]
    [InlineData("CREATE TABLE mine (i int)")]
    [InlineData("CREATE TEMP TABLE mine (i int)")]
    [InlineData("CREATE SCHEMA mine")]
    [InlineData("SET LOCAL ROLE admin_role")]
    [InlineData("SET LOCAL ROLE app_owner")]
    [InlineData("SET LOCAL ROLE admin_user")]
    [InlineData("SET SESSION AUTHORIZATION admin_user")]
    [InlineData("SELECT set_config('role', 'admin_role', true)")]
    [InlineData("GRANT admin_role TO app_user")]
    [InlineData("ALTER ROLE app_user BYPASSRLS")]
    [InlineData("ALTER TABLE invoices DISABLE ROW LEVEL SECURITY")]
    public async Task Nothing_is_permitted(string sql) => (await new Attacker(fixture).AttackAsync(sql, role: null)).SqlState.Should().Be("42501");

    [Fact]
    public async Task Admin_login_without_its_role_may_do_nothing_either()
    {
        await using var connection = await fixture.AdminDataSource.OpenConnectionAsync();
        foreach (var sql in new[] { "SELECT * FROM invoices", "SELECT * FROM app.admin_access_log", "SET ROLE app_owner" })
        {
            await using var command = new Npgsql.NpgsqlCommand(sql, connection);
            (await command.Invoking(c => c.ExecuteNonQueryAsync()).Should().ThrowAsync<Npgsql.PostgresException>()).Which.SqlState.Should().Be("42501");
        }
    }
}
