using Npgsql;

namespace SmeFinancialOs.Data.Schema.Tests.Guard;

/// <summary>
/// Every weakening goes through without the guard, and is refused by it: by itself, within a transaction, and after a check was forced early.
/// </summary>
public sealed class GuardRefusalTests(GuardedDatabase database) : IClassFixture<GuardedDatabase>
{
    public static TheoryData<string> Names => [.. Weakenings.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_weakening_is_refused(string name)
    {
        var (actor, sql, fault) = Weakenings.All[name];
        await using var connection = await database.OpenAsync(actor);
        ShouldTell(await connection.RefusalAsync(sql), fault);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_weakening_is_refused_when_its_transaction_commits(string name)
    {
        var (actor, sql, fault) = Weakenings.All[name];
        await using var connection = await database.OpenAsync(actor);
        await connection.RunAsync("BEGIN; COMMENT ON TABLE public.orders IS 'x'; SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED; SAVEPOINT s");
        await connection.RunAsync(sql);
        await connection.RunAsync("RELEASE SAVEPOINT s");
        ShouldTell(await connection.RefusalAsync("COMMIT"), fault);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_weakening_goes_through_without_the_guard(string name)
    {
        var (actor, sql, fault) = Weakenings.All[name];
        await using var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await connection.RunAsync("BEGIN; ALTER EVENT TRIGGER tenant_guard DISABLE; ALTER TABLE app_guard.pending DISABLE TRIGGER check_at_commit");
        await connection.RunAsync((actor == MigrationLogin.Owner ? "SET LOCAL SESSION AUTHORIZATION app_owner; " : "") + sql);
        await connection.RunAsync("RESET SESSION AUTHORIZATION; SET CONSTRAINTS ALL IMMEDIATE");
        (await connection.ListAsync<string>("SELECT fault FROM app_guard.faults()")).Should().Contain(f => f.Contains(fault));
    }

    /// <summary>The owner's migrations are what the guard judges.</summary>
    [Theory]
    [InlineData("ALTER EVENT TRIGGER tenant_guard DISABLE")]
    [InlineData("DROP EVENT TRIGGER tenant_guard")]
    [InlineData("SET session_replication_role = replica")]
    [InlineData("DROP TRIGGER check_at_commit ON app_guard.pending")]
    [InlineData("ALTER TABLE app_guard.pending DISABLE TRIGGER ALL")]
    [InlineData("DELETE FROM app_guard.pending")]
    [InlineData("DROP SCHEMA app_guard CASCADE")]
    [InlineData("DROP FUNCTION app_guard.faults(boolean) CASCADE")]
    [InlineData("CREATE OR REPLACE FUNCTION app_guard.check_now() RETURNS void LANGUAGE sql AS ''")]
    [InlineData("CREATE TABLE app_guard.hidden (org_id uuid)")]
    [InlineData("INSERT INTO app_guard.allowlist VALUES ('public.orders', 'x')")]
    [InlineData("UPDATE app_guard.pinned SET definition = ''")]
    public async Task The_owner_cannot_touch_the_guard(string sql)
    {
        await using var owner = await database.OpenAsync(MigrationLogin.Owner);
        (await owner.RefusalAsync(sql)).SqlState.Should().Be("42501");
    }

    [Theory]
    [InlineData("SELECT app_guard.allow('public.orders', 'please')")]
    [InlineData("SELECT app_guard.disallow('public.countries')")]
    [InlineData("TABLE app_guard.allowlist")]
    public async Task The_app_cannot_reach_the_guard(string sql)
    {
        await using var app = await Sql.OpenAsync(database.ConnectionString.As("app_user"), Sql.Cancel);
        foreach (var role in new[] { "SET ROLE tenant_role", "RESET ROLE" })
        {
            await app.RunAsync(role);
            (await app.RefusalAsync(sql)).SqlState.Should().Be("42501");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    public async Task Nothing_is_allowed_without_a_reason(string reason)
    {
        await using var owner = await database.OpenAsync(MigrationLogin.Owner);
        (await owner.RefusalAsync($"SELECT app_guard.allow('public.orders', '{reason}')")).SqlState.Should().Be("23514");
    }

    private static void ShouldTell(PostgresException refusal, string fault)
    {
        refusal.SqlState.Should().Be("42P17");
        refusal.MessageText.Should().StartWith("the tenant guard refuses this transaction: ").And.Contain(fault);
        refusal.Hint.Should().NotBeNullOrEmpty();
    }
}
