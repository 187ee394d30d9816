using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>Connections that skipped the factory: the login itself may do nothing.</summary>
public sealed class UnpreparedConnectionTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    public static TheoryData<string, string> Attempts
    {
        get
        {
            var attempts = new TheoryData<string, string>();
            foreach (var login in new[] { "app_user", "admin_user" })
            {
                foreach (var table in new[] { "public.invoices", "public.organizations", "app.admin_access_log" })
                {
                    attempts.Add(login, $"SELECT count(*) FROM {table}");
                    attempts.Add(login, $"DELETE FROM {table}");
                    attempts.Add(login, $"TRUNCATE {table}");
                    attempts.Add(login, $"BEGIN; LOCK TABLE {table}");
                    attempts.Add(login, $"CREATE INDEX ON {table} ((1))");
                    attempts.Add(login, $"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY");
                    attempts.Add(login, $"DROP TABLE {table}");
                }

                attempts.Add(login, "UPDATE public.invoices SET customer_name = 'stolen'");
                attempts.Add(login, Seed.Insert(Seed.A));
                attempts.Add(login, "INSERT INTO app.admin_access_log (actor, reason, read_only) VALUES ('nobody', 'none', false)");
                attempts.Add(login, "SELECT app.current_org_id()");
                attempts.Add(login, $"SELECT app.delete_tenant('{Seed.B}')");
                attempts.Add(login, "SELECT app.protect_table('public.invoices')");
                attempts.Add(login, "CREATE TABLE public.mine (id int)");
                attempts.Add(login, "CREATE SCHEMA mine");
                attempts.Add(login, "CREATE TEMP TABLE mine (id int)");
                attempts.Add(login, "CREATE ROLE mine");
                attempts.Add(login, "CREATE DATABASE mine");
                attempts.Add(login, "ALTER SYSTEM SET row_security = off");
                attempts.Add(login, "CREATE PUBLICATION mine FOR ALL TABLES");
                attempts.Add(login, "SELECT pg_create_logical_replication_slot('mine', 'test_decoding')");
                attempts.Add(login, "SELECT pg_read_file('postgresql.conf')");
                attempts.Add(login, "COPY (SELECT 1) TO '/tmp/mine'");
                attempts.Add(login, "COPY (SELECT 1) TO PROGRAM 'cat'");
            }

            return attempts;
        }
    }

    [Theory]
    [MemberData(nameof(Attempts))]
    public async Task A_login_that_has_taken_no_role_may_do_nothing(string login, string sql)
    {
        await using var connection = await fixture.OpenAsAsync(new Actor(login, null, Seed.A));
        (await connection.SqlStateOfAsync(sql)).Should().Be("42501");
    }

    [Theory]
    [InlineData("app_user", "tenant_role", Seed.SecretOfA)]
    [InlineData("admin_user", "admin_role", Seed.SecretOfB)]
    public async Task A_membership_that_inherits_would_open_the_login(string login, string role, string secret)
    {
        var fence = DefenceRemoval.NoInheritFence(role, login, fixture.GrantsDecideInheritance);
        await using var trial = await Attack.StartAsync(fixture, new Actor(login, null, Seed.A), without: fence);
        (await trial.TryAsync("SELECT customer_name FROM public.invoices")).Shows(secret).Should().BeTrue();
    }

    [Fact]
    public async Task Altering_the_login_to_inherit_opens_it_on_15_and_is_without_effect_since_16()
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.AdminUser, without: "ALTER ROLE admin_user INHERIT");
        var read = await trial.TryAsync("SELECT customer_name FROM public.invoices");
        read.Shows(Seed.SecretOfB).Should().Be(!fixture.GrantsDecideInheritance);
    }

    [Fact]
    public async Task Altering_the_login_not_to_inherit_does_not_mend_a_careless_grant_since_16()
    {
        // A design that was proved on 15 alone leaks on 18.
        var mended = DefenceRemoval.NoInheritFence("admin_role", "admin_user", fixture.GrantsDecideInheritance) + "; ALTER ROLE admin_user NOINHERIT";
        await using var trial = await Attack.StartAsync(fixture, Actor.AdminUser, without: mended);
        var read = await trial.TryAsync("SELECT customer_name FROM public.invoices");
        read.Shows(Seed.SecretOfB).Should().Be(fixture.GrantsDecideInheritance);
    }
}
