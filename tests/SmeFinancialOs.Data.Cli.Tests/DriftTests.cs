using System.Text.Json;
using System.Xml.Linq;
using Npgsql;

namespace SmeFinancialOs.Data.Cli.Tests;

/// <summary>snapshot and diff.</summary>
public sealed class DriftTests(Databases databases) : IClassFixture<Databases>
{
    private const string Open = "CREATE POLICY more ON public.invoices FOR SELECT USING (amount_cents > 0)";

    [PartFact]
    public async Task Diff_of_a_fresh_snapshot_is_clean_and_a_hole_is_dangerous()
    {
        var database = await databases.NewAsync();
        using var tool = new Tool();
        var (exit, json, error) = await tool.RunAsync("snapshot", "-c", database);
        (exit, error).Should().Be((0, ""));
        tool.Write("rls.json", json);
        (exit, var output, error) = await tool.RunAsync("diff", "rls.json", "-c", database);
        (exit, error).Should().Be((0, ""));
        output.Should().StartWith("clean; 0 changes since rls.json");

        await Databases.ExecuteAsync(database, Open);
        (exit, output, _) = await tool.RunAsync("diff", "rls.json", "-c", database, "--fail-on", "dangerous");
        exit.Should().Be(1);
        output.Should().Contain("policy more on public.invoices\n  error   drift-dangerous: new: ").And.Contain("verdict for tenant_role: safe for ");

        (await tool.RunAsync("snapshot", "-c", database, "-o", "new.json")).Should().Be((0, "", ""));
        (exit, var files, _) = await tool.RunAsync("diff", "rls.json", "new.json", "--fail-on", "dangerous");
        (exit, files).Should().Be((1, output), "two files need no database");
        (exit, output, _) = await tool.RunAsync("diff", "new.json", "rls.json", "--fail-on", "dangerous");
        exit.Should().Be(0, output);
        (await tool.RunAsync("diff", "new.json", "rls.json", "--fail-on", "breaking")).ExitCode.Should().Be(1);
    }

    [PartFact]
    public async Task Changes_that_are_safe_by_proof_do_not_fail()
    {
        var database = await databases.NewAsync();
        using var tool = new Tool();
        await tool.RunAsync("snapshot", "-c", database, "-o", "rls.json");
        await Databases.ExecuteAsync(database, """
            SET ROLE app_owner; CREATE TABLE public.payments (org_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE, id uuid NOT NULL,
                PRIMARY KEY (org_id, id)); ALTER TABLE public.payments ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
            GRANT SELECT ON public.payments TO tenant_role;
            CREATE POLICY own ON public.payments TO tenant_role USING (org_id = (SELECT app.current_org_id()));
            """);
        var (exit, output, _) = await tool.RunAsync("diff", "rls.json", "-c", database);
        output.Should().Contain("table public.payments\n  info    drift-safe: new: ");
        exit.Should().Be(0, output);
        (await tool.RunAsync("diff", "rls.json", "-c", database, "--fail-on", "safe")).ExitCode.Should().Be(1);
    }

    [PartFact]
    public async Task Formats_have_each_change()
    {
        var database = await databases.NewAsync();
        using var tool = new Tool();
        await tool.RunAsync("snapshot", "-c", database, "-o", "rls.json");
        await Databases.ExecuteAsync(database, Open);
        var json = JsonDocument.Parse((await tool.RunAsync("diff", "rls.json", "-c", database, "--format", "json")).Output).RootElement;
        json.GetProperty("findings").EnumerateArray().Should().Contain(finding => finding.GetProperty("rule").GetString() == "drift-dangerous"
            && finding.GetProperty("object").GetString() == "policy more on public.invoices");
        var sarif = JsonDocument.Parse((await tool.RunAsync("diff", "rls.json", "-c", database, "-f", "sarif")).Output).RootElement;
        sarif.GetProperty("runs")[0].GetProperty("results")[0].GetProperty("ruleId").GetString().Should().Be("drift-dangerous");
        var junit = XDocument.Parse((await tool.RunAsync("diff", "rls.json", "-c", database, "-f", "junit")).Output);
        junit.Descendants("testcase").Select(test => (string?)test.Attribute("name")).Should().Contain("policy more on public.invoices");
        (await tool.RunAsync("diff", "rls.json", "-c", database, "-f", "github")).Output.Should().StartWith("::error title=drift-dangerous::");
    }

    [PartTheory]
    [InlineData("", "The snapshot is empty")]
    [InlineData("{", "no valid JSON")]
    [InlineData("""{ "formatVersion": 7 }""", "it is 7, and this version of sme-data reads 1")]
    [InlineData("""{ "findings": [] }""", "no file of sme-data snapshot")]
    public async Task File_that_is_no_snapshot_is_an_error(string text, string message)
    {
        using var tool = new Tool();
        tool.Write("rls.json", text);
        var (exit, output, error) = await tool.RunAsync("diff", "rls.json", "-c", databases.Clean);
        (exit, output).Should().Be((2, ""));
        error.Should().StartWith("sme-data: rls.json: ").And.Contain(message);
    }

    [PartFact]
    public async Task Other_options_than_those_of_the_file_are_an_error_that_names_them()
    {
        using var tool = new Tool();
        await tool.RunAsync("snapshot", "-c", databases.Clean, "-o", "rls.json");
        var (exit, output, error) = await tool.RunAsync("diff", "rls.json", "-c", databases.Clean, "--tenant-role", "tenant_role");
        (exit, output).Should().Be((2, ""));
        error.Should().Contain("tenantRoles is \"demo_role, tenant_role\" in the first and \"tenant_role\" in the second");
    }

    [PartFact]
    public async Task Incomplete_snapshot_says_so_and_its_diff_fails()
    {
        var database = await databases.NewAsync("DO $$ BEGIN CREATE ROLE stranger LOGIN PASSWORD 'p'; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
        var stranger = new NpgsqlConnectionStringBuilder(database) { Username = "stranger", Password = "p" }.ConnectionString;
        await Databases.ExecuteAsync(database, $"GRANT CONNECT ON DATABASE \"{new NpgsqlConnectionStringBuilder(database).Database}\" TO stranger");
        using var tool = new Tool();
        var (exit, json, error) = await tool.RunAsync("snapshot", "-c", stranger);
        exit.Should().Be(2);
        error.Should().Contain("the snapshot is incomplete: public.invoices for ");
        tool.Write("rls.json", json);
        (exit, var output, _) = await tool.RunAsync("diff", "rls.json", "-c", stranger);
        exit.Should().Be(1);
        output.Should().Contain("drift-review").And.Contain("may not SET ROLE").And.NotContain("drift-safe").And.NotContain("clean");
    }

    [PartFact]
    public async Task Database_without_tenant_tables_is_not_compared()
    {
        using var tool = new Tool();
        foreach (var arguments in new string[][] { ["snapshot"], ["diff", "rls.json"] })
        {
            await tool.RunAsync("snapshot", "-c", databases.Clean, "-o", "rls.json");
            var (exit, _, error) = await tool.RunAsync([.. arguments, "-c", await databases.NewEmptyAsync()]);
            exit.Should().Be(2);
            error.Should().Contain("--tenant-column");
        }
    }

    [PartFact]
    public async Task Snapshot_has_no_password()
    {
        var password = new NpgsqlConnectionStringBuilder(databases.Server).Password;
        using var tool = new Tool();
        var database = await databases.NewAsync($"ALTER ROLE app_owner SET app.api_key = '{Marked.Value}'");
        var (_, json, error) = await tool.RunAsync("snapshot", "-c", database);
        await Databases.ExecuteAsync(database, "ALTER ROLE app_owner RESET app.api_key");
        (json + error).Should().Contain("app.api_key").And.NotContain(Marked.Value).And.NotContain("SCRAM");
        if (!string.IsNullOrEmpty(password))
            (json + error).Should().NotContain(password);
    }
}
