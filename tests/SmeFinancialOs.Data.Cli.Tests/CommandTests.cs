using System.Diagnostics;

namespace SmeFinancialOs.Data.Cli.Tests;

/// <summary>The commands that are not the audit.</summary>
public sealed class CommandTests(Databases databases) : IClassFixture<Databases>
{
    [PartFact]
    public async Task Migrate_brings_the_schema_and_the_guard()
    {
        var database = await databases.NewEmptyAsync();
        using var tool = new Tool();
        var (exit, output, _) = await tool.RunAsync("migrate", "--pending", "-c", database);
        exit.Should().Be(1);
        output.Should().Contain("would run migrations/0001_roles.sql");
        (await tool.RunAsync("migrate", "-c", database)).Output.Should().Contain("applied objects/delete_tenant.sql").And.NotContain("tenant_guard");
        (await tool.RunAsync("migrate", "--guard", "-c", database)).Output.Should().Be("applied guard/allowlist.sql\napplied guard/tenant_guard.sql\n");
        (await tool.RunAsync("migrate", "--guard", "-c", database)).Should().Be((0, "nothing to do\n", ""));
    }

    [PartFact]
    public async Task Seal_adds_lists_and_retires_keys_and_migrate_asks_for_them()
    {
        var database = await databases.NewAsync("INSERT INTO organizations (id, name, slug) VALUES (gen_random_uuid(), 'A', 'a')");
        using var tool = new Tool();
        (await tool.RunAsync("migrate", "--seal", "-c", database)).Error.Should().Contain("no key is in force").And.Contain("sme-data seal add");
        var (exit, key, _) = await tool.RunAsync("seal", "add", "-c", database);
        (exit, key.Length).Should().Be((0, 54));
        (await tool.RunAsync("migrate", "--seal", "-c", database)).Output.Should().Be("applied seal/sealed_context.sql\n");
        (await tool.RunAsync("seal", "retire", key[..8], "-c", database))
            .Should().Match<(int Exit, string, string Error)>(run => run.Exit == 2 && run.Error.Contains("is the last one"));
        await tool.RunAsync("seal", "add", "-c", database);
        (await tool.RunAsync("seal", "retire", key[..8], "-c", database)).Should().Be((0, $"retired {key[..8]}\n", ""));
        var (_, list, _) = await tool.RunAsync("seal", "list", "-c", database);
        list.Should().MatchRegex($"^{key[..8]}  added .*Z  retired .*Z\n[0-9a-f]{{8}}  added .*Z  in force\n$").And.NotContain(key[9..53]);
    }

    [PartFact]
    public async Task Protect_makes_tables_safe_all_or_none()
    {
        var database =
            await databases.NewAsync("CREATE TABLE public.one (tenant_id uuid NOT NULL REFERENCES organizations, id int PRIMARY KEY); "
                + "CREATE TABLE public.two (tenant_id uuid)");
        const string isProtected = "SELECT relrowsecurity FROM pg_class WHERE relname = 'one'";
        using var tool = new Tool();
        var (exit, _, error) = await tool.RunAsync("protect", "public.one", "public.two", "--tenant-column", "tenant_id", "-c", database);
        exit.Should().Be(2);
        error.Should().Contain("column tenant_id of table public.two may be null").And.Contain("SET NOT NULL");
        (await Databases.ScalarAsync<bool>(database, isProtected)).Should().BeFalse();

        (exit, var output, error) = await tool.RunAsync("protect", "public.one", "--tenant-column", "tenant_id", "-c", database);
        (exit, output).Should().Be((0, "protected public.one\n"));
        error.Should().Contain("warning: unique index public.one_pkey of table public.one does not contain tenant_id");
        (await Databases.ScalarAsync<bool>(database, isProtected)).Should().BeTrue();
    }

    [PartFact]
    public async Task Protect_says_when_the_database_is_not_migrated()
    {
        using var tool = new Tool();
        var (exit, _, error) = await tool.RunAsync("protect", "pg_class", "-c", await databases.NewEmptyAsync());
        exit.Should().Be(2);
        error.Should().Contain("Migrate the database first");
    }

    [PartFact]
    public async Task Lint_starts_a_server_of_its_own_and_names_the_migration()
    {
        using var tool = new Tool();
        tool.Write("m/1_good.sql", "SELECT 1;");
        tool.Write("m/2_bad.sql", "CREATE TABLE public.forgotten (org_id uuid NOT NULL);");
        tool.Write("m/2_bad.down.sql", "DROP TABLE public.forgotten;");
        var (exit, output, error) = await tool.RunAsync("lint", "m");
        (exit, error).Should().Be((1, ""));
        output.Should().Contain("public.forgotten  (m/2_bad.sql)").And.Contain("migrations: 2, left out: 1");

    }

    [PartFact]
    public async Task Ctrl_C_ends_a_lint_and_its_database()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var tool = new Tool();
        tool.Write("m/1.sql", "SELECT pg_sleep(120);");
        var name = "sme_lint_cli_" + Guid.NewGuid().ToString("N");
        using var process = tool.Start("lint", "m", "-c", databases.Server, "--database-name", name);
        var count = $"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' AND query LIKE '%pg_sleep%'";
        while (!process.HasExited && await Databases.ScalarAsync<long>(databases.Server, count) == 0)
            await Task.Delay(50, Databases.Cancel);
        using (var kill = Process.Start("kill", ["-s", "INT", $"{process.Id}"]))
            await kill.WaitForExitAsync(Databases.Cancel);
        await process.WaitForExitAsync(Databases.Cancel);
        (process.ExitCode, await process.StandardError.ReadToEndAsync(Databases.Cancel)).Should().Be((2, "sme-data: cancelled\n"));
        (await Databases.ScalarAsync<long>(databases.Server, $"SELECT count(*) FROM pg_database WHERE datname = '{name}'")).Should().Be(0);
    }

    [PartTheory]
    [InlineData("audit")]
    [InlineData("lint")]
    [InlineData("probe")]
    [InlineData("snapshot")]
    [InlineData("diff")]
    [InlineData("migrate")]
    [InlineData("protect")]
    [InlineData("fix")]
    [InlineData("explain")]
    public async Task Help_has_examples(string command)
    {
        using var tool = new Tool();
        var (exit, output, _) = await tool.RunAsync(command, "--help");
        exit.Should().Be(0);
        output.Should().Contain($"Examples:\n  sme-data {command}").And.Contain("Exit codes: 0");
    }

    [PartTheory]
    [InlineData("--nonsense")]
    [InlineData("audit", "--format", "yaml")]
    [InlineData("audit", "--fail-on", "always")]
    [InlineData("protect")]
    [InlineData("diff")]
    [InlineData("diff", "no-such-file.json")]
    [InlineData("diff", "a.json", "b.json", "c.json")]
    [InlineData("diff", "a.json", "--fail-on", "warning")]
    [InlineData("explain", "no-such-rule")]
    [InlineData("lint", "no-such-folder")]
    public async Task A_command_that_cannot_run_is_no_finding(params string[] arguments)
    {
        using var tool = new Tool();
        (await tool.RunAsync(arguments)).ExitCode.Should().Be(2);
    }

    [PartFact]
    public async Task Explain_tells_of_a_rule()
    {
        using var tool = new Tool();
        (await tool.RunAsync("explain", "table-without-rls")).Output.Should().StartWith("table-without-rls (error)\n")
            .And.Contain("https://www.postgresql.org/docs/");
        (await tool.RunAsync("explain")).Output.Split('\n').Should().Contain(line => line.StartsWith("policy-always-true ", StringComparison.Ordinal));
    }

    [PartFact]
    public void The_pages_of_the_rules_are_the_rules()
    {
        var pages = Path.Combine(RepositoryRoot.Folder, "docs", "rules");
        Directory.EnumerateFiles(pages).Select(Path.GetFileName)
            .Should().BeEquivalentTo(RulePages.All().Select(page => page.Name), because: "sme-data explain --pages docs/rules writes them");
        foreach (var (name, text) in RulePages.All())
            File.ReadAllText(Path.Combine(pages, name)).Should().Be(text, because: name);
    }
}
