using System.Text.Json;

namespace SmeFinancialOs.Data.Cli.Tests;

public sealed class ProbeTests(Databases databases) : IClassFixture<Databases>
{
    [PartFact]
    public async Task A_clean_database_withstands_the_probe()
    {
        using var tool = new Tool();
        var (exit, output, error) = await tool.RunAsync("probe", "-c", databases.Clean);
        (exit, error).Should().Be((0, ""));
        output.Should().MatchRegex(@"clean; \d{2,} attacks on \d+ objects");
    }

    [PartFact]
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

    [PartFact]
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

    [PartTheory]
    [InlineData("text")]
    [InlineData("json")]
    [InlineData("sarif")]
    [InlineData("junit")]
    public async Task Every_format_says_what_was_probed_by_whom_and_what_was_not(string format)
    {
        var blind = await databases.NewAsync("""
            ALTER POLICY tenant_isolation ON public.invoices USING (org_id::text = current_setting('app.customer', true));
            ALTER TABLE public.organizations ADD UNIQUE (name)
            """);
        using var tool = new Tool();
        tool.Write("sme-data.json", """{ "allowlist": [ { "object": "public.organizations", "rule": "*", "reason": "names are public" } ] }""");
        var (exit, output, _) = await tool.RunAsync("probe", "-c", blind, "-f", format);
        exit.Should().Be(1);
        output.Should().MatchRegex(@"\d+ attacks on \d+ objects as app_user, demo_role, resolver_role, tenant_role; \d+ held, \d+ could not be made")
            .And.MatchRegex("probed: public.organizations: \\d+ attacks, own row seen as .*tenant_role")
            .And.Contain("isolation-not-probed").And.Contain("the tenant does not see its own row").And.NotContain("probed: public.invoices: ");
    }

    [PartFact]
    public async Task A_key_oracle_is_a_warning_of_its_own_and_is_allowed_with_a_reason()
    {
        var open = await databases.NewAsync("ALTER TABLE public.invoices ADD UNIQUE (number)");
        using var tool = new Tool();
        var (exit, output, _) = await tool.RunAsync("probe", "-c", open);
        exit.Should().Be(1);
        output.Should().Contain("isolation-key-oracle").And.Contain("invoices_number_key").And.NotContain("isolation-breach");

        tool.Write("sme-data.json",
            """{ "allowlist": [ { "object": "public.invoices", "rule": "isolation-key-oracle", "reason": "numbers are public" } ] }""");
        (exit, output, _) = await tool.RunAsync("probe", "-c", open);
        exit.Should().Be(0);
        output.Should().Contain("left out: isolation-not-probed public.invoices: numbers are public");
    }

    [PartTheory]
    [InlineData("""{ "allowlist": [ { "object": "public.t", "rule": "isolation-breech", "reason": "r" } ] }""", "There is no rule")]
    [InlineData("""{ "allowlist": [ { "object": "public.t", "rule": "table-without-rls", "attack": "select", "reason": "r" } ] }""", "attack")]
    [InlineData("""{ "allowlist": [ { "object": "public.t", "rule": "isolation-breach" } ] }""", "reason")]
    [InlineData("""{ "probe": { "allowSignup": "yes" } }""", "allowSignup")]
    public async Task An_allowance_that_cannot_be_meant_is_refused(string settings, string message)
    {
        using var tool = new Tool();
        tool.Write("sme-data.json", settings);
        var (exit, _, error) = await tool.RunAsync("probe", "-c", databases.Clean);
        exit.Should().Be(2);
        error.Should().Contain(message);
    }

    [PartFact]
    public async Task A_login_that_may_not_probe_is_told_so()
    {
        using var tool = new Tool();
        var (exit, _, error) = await tool.RunAsync("probe", "-c", databases.Clean, "--app-login", "nobody_at_all");
        exit.Should().Be(2);
        error.Should().StartWith("sme-data: ").And.Contain("nobody_at_all");
    }
}
