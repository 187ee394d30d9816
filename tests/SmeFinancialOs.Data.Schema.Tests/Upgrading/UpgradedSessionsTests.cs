using Npgsql;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Schema.Tests.Upgrading;

/// <summary>
/// Sessions of the app's login: in versions 9 and 10 whoever reset the role in one of them could end the others, which are those of every tenant.
/// </summary>
public sealed class UpgradedSessionsTests
{
    private static readonly string[] Functions = ["pg_cancel_backend(pid)", "pg_terminate_backend(pid)", "pg_terminate_backend(pid, 1000)"];

    public static TheoryData<string> Forms => OldVersion.Forms;

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_tenant_that_resets_its_role_could_end_the_others_sessions_and_cannot_after_the_upgrade(string form)
    {
        var database = await OldVersion.InstallAsync(form);
        (await IsEndedAsync(database, Functions[0])).Should().BeTrue("an older version allowed it");
        (await IsEndedAsync(database, Functions[1])).Should().BeTrue("an older version allowed it");

        await database.UpgradeAsync();

        foreach (var function in Functions)
            (await IsEndedAsync(database, function)).Should().BeFalse();
        await IsCleanAsync(database);
    }

    [Fact]
    public async Task Login_that_may_signal_other_sessions_keeps_that_right_after_the_upgrade()
    {
        var database = await OldVersion.InstallUpgradedAsync("plain");
        var login = (await TestServer.GetSharedAsync(Sql.Cancel)).NewRoleName("signaller");
        await using var superuser = await database.OpenAsync();
        await superuser.RunAsync($"CREATE ROLE {login} LOGIN; GRANT pg_signal_backend TO {login}");
        await using var signaller = await Sql.OpenAsync(database.ConnectionString.As(login), Sql.Cancel);
        await using var tenant = await database.OpenAsync(database.Roles.Tenant, MigratedDatabase.A);
        (await signaller.ScalarAsync<bool>($"SELECT pg_terminate_backend({tenant.ProcessID}, 10000)")).Should().BeTrue();
    }

    /// <summary>Whoever migrates without a superuser goes on, and is told by the audit.</summary>
    [Fact]
    public async Task Signal_privilege_that_only_a_superuser_can_revoke_is_left_open_and_found()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var (roles, login) = (TestRoles.New(server), server.NewRoleName("deployer"));
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        await superuser.RunAsync($"CREATE ROLE {login} LOGIN CREATEROLE; ALTER DATABASE {superuser.Database} OWNER TO {login}");

        (await new SchemaMigrator(database.As(login), new() { Roles = roles }).MigrateAsync(Sql.Cancel)).Applied
            .Should().Contain("migrations/0004_keep_sessions.sql");

        (await new SchemaAudit(database, roles.ToAuditOptions()).RunAsync(Sql.Cancel)).Findings
            .Where(finding => finding.RuleId == "backends-open").Should().HaveCount(2);
    }

    private static async Task IsCleanAsync(OldVersion database) =>
        (await new SchemaAudit(database.ConnectionString, database.Roles.ToAuditOptions()).RunAsync(Sql.Cancel)).Findings
            .Where(finding => finding.RuleId == "backends-open").Should().BeEmpty();

    /// <summary>Whether B's statement fails because of what A does.</summary>
    private static async Task<bool> IsEndedAsync(OldVersion database, string function)
    {
        await using var victim = await database.OpenAsync(database.Roles.Tenant, MigratedDatabase.B);
        await using var attacker = await database.OpenAsync(database.Roles.Tenant, MigratedDatabase.A);
        await using var superuser = await database.OpenAsync();
        var sleep = FluentActions.Awaiting(() => victim.RunAsync("SELECT pg_sleep(600)")).Should().ThrowAsync<PostgresException>();
        while (await superuser.CountAsync($"pg_stat_activity WHERE pid = {victim.ProcessID} AND wait_event = 'PgSleep'") == 0)
            await Task.Delay(20, Sql.Cancel);
        try
        {
            await attacker.RunAsync($"RESET ROLE; SELECT {function} FROM (VALUES ({victim.ProcessID})) AS v (pid)");
            return true;
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            await superuser.RunAsync($"SELECT pg_cancel_backend({victim.ProcessID})");
            return false;
        }
        finally
        {
            await sleep;
        }
    }
}
