using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Schema.Tests.Upgrading;

/// <summary>The policies: in versions 9 and 10 whoever was a role of the app could drop those that name it alone.</summary>
public sealed class UpgradedPoliciesTests
{
    private const string Policies = "SELECT string_agg(concat(polrelid, polname, polroles), ',' ORDER BY polrelid, polname) FROM pg_policy";

    public static TheoryData<string> Forms => OldVersion.Forms;

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_tenant_could_drop_the_policies_of_its_role_and_cannot_after_the_upgrade(string form)
    {
        var database = await OldVersion.InstallAsync(form);
        var roles = database.Roles;
        await using var tenant = await database.OpenAsync(roles.Tenant, MigratedDatabase.A);
        await using var admin = await database.OpenAsync(roles.Admin, null);
        (Npgsql.NpgsqlConnection Connection, string Attack)[] attacks =
        [
            (tenant, $"DROP OWNED BY {roles.Tenant}"),
            (tenant, $"SET LOCAL ROLE {roles.Demo}; DROP OWNED BY {roles.Demo}"),
            (tenant, "DO $$ BEGIN DROP OWNED BY CURRENT_USER; END $$"),
            (tenant, "ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC"),
            (admin, $"DROP OWNED BY {roles.Admin}"),
        ];
        foreach (var (connection, attack) in attacks)
            await TryAsync(connection, attack); // an older version allowed it
        await using var superuser = await database.OpenAsync();

        await database.UpgradeAsync();

        var before = await superuser.ScalarAsync<string>(Policies);
        foreach (var (connection, attack) in attacks)
        {
            var refusal = await connection.RefusalAsync($"BEGIN; {attack}");
            refusal.SqlState.Should().Be("42501");
            refusal.MessageText.Should().Be((attack.Contains("DEFAULT") ? "ALTER DEFAULT PRIVILEGES" : "DROP OWNED")
                + " is refused: the app may change nothing lasting for its roles");
            await connection.RunAsync("ROLLBACK");
        }
        (await superuser.ScalarAsync<string>(Policies)).Should().Be(before);
        (await OwnedAsync(database.ConnectionString, roles)).Should().BeEmpty();
        if (database.IsGuarded)
            (await superuser.CountAsync("app_guard.faults()")).Should().Be(0);
        await superuser.RunAsync($"BEGIN; DROP OWNED BY {roles.AppLogin}; ROLLBACK");
    }

    [Fact]
    public async Task Policy_that_only_a_superuser_can_upgrade_is_left_open_and_found()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var (roles, login) = (TestRoles.New(server), server.NewRoleName("deployer"));
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await using var superuser = await Sql.OpenAsync(database, Sql.Cancel);
        await superuser.RunAsync($"CREATE ROLE {login} LOGIN CREATEROLE; ALTER DATABASE {superuser.Database} OWNER TO {login}");

        (await new SchemaMigrator(database.As(login), new() { Roles = roles }).MigrateAsync(Sql.Cancel)).Applied.Should().Contain("objects/keep_policies.sql");

        (await superuser.ScalarAsync<bool>("SELECT to_regprocedure('app.keep_policies()') IS NULL")).Should().BeTrue("it is left out as a whole");
        var finding = (await OwnedAsync(database, roles)).Should().ContainSingle().Which;
        finding.ObjectName.Should().Be("DROP OWNED");
        finding.Fix.Should().Be("-- run sql/objects/keep_policies.sql as a superuser");

        var script = EmbeddedScripts.All.Single(script => script.Name == "objects/keep_policies.sql").Contents;
        await superuser.RunAsync(new RoleRenaming(roles).Apply(script));
        (await OwnedAsync(database, roles)).Should().BeEmpty("it is what the finding said");
        await using var deployer = await Sql.OpenAsync(database.As(login), Sql.Cancel);
        await deployer.RunAsync(new RoleRenaming(roles).Apply(script)); // again, without harm
        (await OwnedAsync(database, roles)).Should().BeEmpty();
    }

    /// <summary>The roles are those of the whole server, which other tests migrate databases of: again where the two have locked each other out.</summary>
    private static async Task TryAsync(Npgsql.NpgsqlConnection connection, string attack)
    {
        while (true)
        {
            try
            {
                await connection.RunAsync($"BEGIN; {attack}");
                await connection.RunAsync("ROLLBACK");
                return;
            }
            catch (Npgsql.PostgresException fault) when (fault.SqlState == Npgsql.PostgresErrorCodes.DeadlockDetected)
            {
                await connection.RunAsync("ROLLBACK");
            }
        }
    }

    private static async Task<IEnumerable<AuditFinding>> OwnedAsync(string database, SchemaRoles roles) =>
        (await new SchemaAudit(database, roles.ToAuditOptions()).RunAsync(Sql.Cancel)).Findings.Where(finding => finding.RuleId == "owned-droppable");
}
