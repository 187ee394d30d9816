using System.Text.Json;

namespace SmeFinancialOs.Data.Cli.Tests;

public sealed class ProbeTests(Databases databases) : IClassFixture<Databases>
{
    [Fact]
    public async Task A_clean_database_withstands_the_probe()
    {
        using var tool = new Tool();
        var (exit, output, error) = await tool.RunAsync("probe", "-c", databases.Clean);
        (exit, error).Should().Be((0, ""));
        output.Should().MatchRegex(@"clean; \d{2,} attacks on \d+ objects");
    }

    [Fact]
    public async Task A_breach_prints_the_statement_that_got_through()
    {
        var open = await databases.NewAsync("ALTER POLICY tenant_isolation ON public.invoices USING (true)");
        using var tool = new Tool();
        var (exit, output, _) = await tool.RunAsync("probe", "-c", open, "-f", "json");
        exit.Should().Be(1);
        JsonDocument.Parse(output).RootElement.GetProperty("findings").EnumerateArray()
            .Select(finding => (finding.GetProperty("rule").GetString(), finding.GetProperty("object").GetString(),
                Select: finding.GetProperty("statement").GetString()!.Contains("SELECT", StringComparison.Ordinal)))
            .Should().Contain(("isolation-breach", "public.invoices", true));

        await tool.RunAsync("probe", "-c", open, "--write-baseline", "known.txt");
        (await tool.RunAsync("probe", "-c", open, "--baseline", "known.txt")).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task A_table_that_cannot_be_filled_fails_unless_a_reason_allows_it()
    {
        var strict = await databases.NewAsync("""
            CREATE TABLE public.strict (org_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE, code text CHECK (md5(code) = 'x'),
                PRIMARY KEY (org_id, code));
            SELECT app.protect_table('public.strict')
            """);
        using var tool = new Tool();
        var (exit, output, _) = await tool.RunAsync("probe", "-c", strict);
        exit.Should().Be(1);
        output.Should().Contain("isolation-not-probed").And.Contain("public.strict");

        tool.Write("sme-data.json", """{ "allowlist": [ { "object": "public.strict", "rule": "isolation-not-probed", "reason": "filled by nobody" } ] }""");
        (exit, output, _) = await tool.RunAsync("probe", "-c", strict);
        exit.Should().Be(0);
        output.Should().Contain("left out: isolation-not-probed public.strict: filled by nobody");
    }

    [Fact]
    public async Task A_login_that_may_not_probe_is_told_so()
    {
        using var tool = new Tool();
        var (exit, _, error) = await tool.RunAsync("probe", "-c", databases.Clean, "--app-login", "nobody_at_all");
        exit.Should().Be(2);
        error.Should().StartWith("sme-data: ").And.Contain("nobody_at_all");
    }
}
