using SmeFinancialOs.Data.Schema;

namespace SmeFinancialOs.Data.Audit.Tests;

/// <summary>A database with the guard on: what the audit takes from the guard, and how it finds a guard that no longer holds.</summary>
public sealed class GuardAuditTests(GuardedDatabase database) : IClassFixture<GuardedDatabase>
{
    [Fact]
    public async Task What_the_guard_allows_is_suppressed_with_its_reason()
    {
        var report = await new SchemaAudit(database.ConnectionString).RunAsync(Sql.Cancel);
        report.Findings.Where(finding => finding.Severity == AuditSeverity.Error).Should().BeEmpty();
        report.Suppressed.Should().ContainSingle(entry =>
            entry.Finding.ObjectName == "public.countries").Which.Reason.Should().Be("the guard's allowlist: the same for every tenant");
    }

    [Fact]
    public async Task Whoever_may_not_read_the_allowlist_gets_the_findings()
    {
        var report = await new SchemaAudit(database.ConnectionString.As("app_user")).RunAsync(Sql.Cancel);
        report.Findings.Should().ContainSingle(finding => finding.RuleId == "table-without-tenant-column").Which.ObjectName.Should().Be("public.countries");
    }

    [Theory]
    [InlineData("ALTER EVENT TRIGGER tenant_guard DISABLE", "tenant_guard")]
    [InlineData("ALTER EVENT TRIGGER tenant_guard ENABLE", "tenant_guard")]
    [InlineData("ALTER EVENT TRIGGER tenant_guard ENABLE REPLICA", "tenant_guard")]
    [InlineData("DROP EVENT TRIGGER tenant_guard", "tenant_guard")]
    [InlineData("""
        CREATE FUNCTION public.nothing() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
        DROP EVENT TRIGGER tenant_guard;
        CREATE EVENT TRIGGER tenant_guard ON ddl_command_end EXECUTE FUNCTION public.nothing();
        ALTER EVENT TRIGGER tenant_guard ENABLE ALWAYS
        """, "tenant_guard")]
    [InlineData("ALTER TABLE app_guard.pending DISABLE TRIGGER check_at_commit", "check_at_commit on app_guard.pending")]
    public async Task A_guard_that_is_off_is_found_and_its_fix_turns_it_on(string attack, string objectName)
    {
        await using var superuser = await database.OpenAsync(MigrationLogin.Superuser);
        await superuser.RunAsync("BEGIN; " + attack);
        var found = (await AuditDatabase.AuditAsync(superuser, new())).Findings.Should().ContainSingle(finding => finding.RuleId == "guard-disabled").Subject;
        found.ObjectName.Should().Be(objectName);
        await superuser.RunAsync(found.Fix);
        (await AuditDatabase.AuditAsync(superuser, new())).Findings.Should().NotContain(finding => finding.RuleId == "guard-disabled");
    }

    [Theory]
    [InlineData("note_change() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN END'",
        "app_guard.note_change()")]
    [InlineData("check_now() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS 'BEGIN END'", "app_guard.check_now()")]
    public async Task A_function_of_the_guard_that_does_something_else_is_found(string function, string objectName)
    {
        await using var superuser = await database.OpenAsync(MigrationLogin.Superuser);
        await superuser.RunAsync("BEGIN; CREATE OR REPLACE FUNCTION app_guard." + function);
        (await AuditDatabase.AuditAsync(superuser, new())).Findings.Should().ContainSingle(finding =>
            finding.RuleId == "guard-disabled").Which.ObjectName.Should().Be(objectName);
    }

    [Fact]
    public async Task An_allowance_of_a_table_that_is_gone_is_found_and_its_fix_ends_it()
    {
        await using var superuser = await database.OpenAsync(MigrationLogin.Superuser);
        await superuser.RunAsync("BEGIN; DROP TABLE public.countries");
        var found = (await AuditDatabase.AuditAsync(superuser, new())).Findings.Should().ContainSingle(finding =>
            finding.RuleId == "guard-allowlist-stale").Subject;
        await superuser.RunAsync(found.Fix);
        (await AuditDatabase.AuditAsync(superuser, new())).Findings.Should().NotContain(finding => finding.RuleId == "guard-allowlist-stale");
    }

    [Fact]
    public async Task An_allowance_of_a_protected_table_is_found_and_its_fix_ends_it()
    {
        await using var superuser = await database.OpenAsync(MigrationLogin.Superuser);
        await superuser.RunAsync("BEGIN; SELECT app_guard.allow('public.orders', 'while it is moved')");
        var found = (await AuditDatabase.AuditAsync(superuser, new())).Findings.Should().ContainSingle(finding =>
            finding.RuleId == "guard-allowlist-stale").Subject;
        found.Message.Should().Contain("the guard does not hold it to them").And.Contain("while it is moved");
        await superuser.RunAsync(found.Fix);
        (await AuditDatabase.AuditAsync(superuser, new())).Findings.Should().NotContain(finding => finding.RuleId == "guard-allowlist-stale");
    }

    [Fact]
    public async Task An_allowlist_alone_is_no_guard_that_is_disabled()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var connectionString = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await new SchemaMigrator(connectionString).MigrateAsync(Sql.Cancel);
        await using var superuser = await Sql.OpenAsync(connectionString, Sql.Cancel);
        (await superuser.CountAsync("pg_namespace WHERE nspname = 'app_guard'")).Should().Be(1);
        (await new SchemaAudit(connectionString).RunAsync(Sql.Cancel)).Findings.Should().NotContain(finding => finding.RuleId == "guard-disabled");
    }

    [Fact]
    public async Task A_guard_over_other_role_names_is_as_it_was_shipped()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var (roles, connectionString) = (TestRoles.New(server), await server.CreateEmptyDatabaseAsync(Sql.Cancel));
        await new SchemaMigrator(connectionString, new() { Guard = true, Roles = roles }).MigrateAsync(Sql.Cancel);
        (await new SchemaAudit(connectionString, roles.ToAuditOptions()).RunAsync(Sql.Cancel))
            .Findings.Select(finding => $"{finding.RuleId} {finding.ObjectName}").Should().BeEmpty();
    }
}
