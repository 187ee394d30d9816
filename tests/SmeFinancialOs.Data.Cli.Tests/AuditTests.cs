namespace SmeFinancialOs.Data.Cli.Tests;

public sealed class AuditTests(Databases databases) : IClassFixture<Databases>
{
    [Fact]
    public async Task A_clean_database_succeeds()
    {
        using var tool = new Tool();
        var (exit, output, error) = await tool.RunAsync("audit", "--connection", databases.Clean);
        (exit, error).Should().Be((0, ""));
        output.Should().MatchRegex(@"^clean; \d+ rules; \d+ of \d+ tables are tenant tables; roles examined: .*; "
            + @"policies by table and role: \d+ safe, \d+ closed, 0 with a hole, 0 not judged, PostgreSQL \d+\.\d+\n$");
        (await tool.RunAsync("audit", "--connection", databases.Clean, "--quiet")).Output.Should().BeEmpty();
    }

    [Fact]
    public async Task A_finding_fails_and_shows_the_object_the_rule_and_the_fix()
    {
        using var tool = new Tool();
        var (exit, output, _) = await tool.RunAsync("audit", "-c", databases.Faulty);
        exit.Should().Be(1);
        output.Should().Contain("public.forgotten").And.Contain("table-without-rls").And.Contain("ALTER TABLE public.forgotten ENABLE ROW LEVEL SECURITY")
            .And.NotContain("\e[");
    }

    [Theory]
    [InlineData("never", 0)]
    [InlineData("error", 1)]
    [InlineData("info", 1)]
    public async Task The_host_says_what_fails(string failOn, int exit)
    {
        using var tool = new Tool();
        (await tool.RunAsync("audit", "-c", databases.Faulty, "--fail-on", failOn)).ExitCode.Should().Be(exit);
    }

    [Fact]
    public async Task Errors_alone_fail_where_only_they_shall()
    {
        var warned = await databases.NewAsync("CREATE TABLE public.notes (org_id uuid NOT NULL REFERENCES public.organizations, PRIMARY KEY (org_id), "
            + "n int UNIQUE); SELECT app.protect_table('public.notes')");
        using var tool = new Tool();
        (await tool.RunAsync("audit", "-c", warned)).ExitCode.Should().Be(1);
        (await tool.RunAsync("audit", "-c", warned, "--fail-on", "error")).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task A_baseline_keeps_what_is_known_and_shows_what_is_new()
    {
        var database = await databases.NewAsync("CREATE TABLE public.old (org_id uuid NOT NULL)");
        using var tool = new Tool();
        (await tool.RunAsync("audit", "-c", database, "--write-baseline", "known.txt")).ExitCode.Should().Be(0);
        (await tool.RunAsync("audit", "-c", database, "--baseline", "known.txt")).ExitCode.Should().Be(0);
        await Databases.ExecuteAsync(database, "CREATE TABLE public.new (org_id uuid NOT NULL)");
        var (exit, output, _) = await tool.RunAsync("audit", "-c", database, "--baseline", "known.txt", "--format", "json");
        exit.Should().Be(1);
        System.Text.Json.JsonDocument.Parse(output).RootElement.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("object").GetString())
            .Should().OnlyContain(name => name == "public.new");
    }

    [Fact]
    public async Task Settings_come_from_a_file_and_options_win()
    {
        var database = await databases.NewAsync("CREATE TABLE public.foreign_one (tenant_id uuid NOT NULL)");
        using var tool = new Tool();
        tool.Write("sme-data.json",
            """{ "tenantColumn": "tenant_id", /* ours */ "allowlist": [ { "object": "public.foreign_one", "rule": "*", "reason": "not in use" }, ] }""");
        var (_, output, _) = await tool.RunAsync("audit", "-c", database);
        output.Should().Contain("left out: table-without-rls public.foreign_one: not in use");
        (await tool.RunAsync("audit", "-c", database, "--tenant-column", "org_id")).Output.Should().NotContain("table-without-rls");
    }

    [Theory]
    [InlineData("""{ "tenantColum": "x" }""", "tenantColum")]
    [InlineData("""{ "allowlist": [ { "object": "t", "rule": "*", "reason": "" } ] }""", "reason")]
    [InlineData("""{ "allowlist": [ { "object": "t", "rule": "no-such-rule", "reason": "x" } ] }""", "no-such-rule")]
    [InlineData("{", "sme-data.json")]
    public async Task A_settings_file_that_says_nothing_sensible_is_refused(string json, string named)
    {
        using var tool = new Tool();
        tool.Write("sme-data.json", json);
        var (exit, output, error) = await tool.RunAsync("audit", "-c", databases.Clean);
        (exit, output).Should().Be((2, ""));
        error.Should().StartWith("sme-data: ").And.Contain(named);
    }
}
