using System.Text.Json;
using System.Xml.Linq;
using NJsonSchema;

namespace SmeFinancialOs.Data.Cli.Tests;

/// <summary>What machines read.</summary>
public sealed class FormatTests(Databases databases) : IClassFixture<Databases>
{
    [Fact]
    public async Task Json_has_names_that_stay()
    {
        using var tool = new Tool();
        var (_, output, _) = await tool.RunAsync("audit", "-c", databases.Faulty, "-f", "json");
        var root = JsonDocument.Parse(output).RootElement;
        root.GetProperty("formatVersion").GetInt32().Should().Be(1);
        var finding = root.GetProperty("findings").EnumerateArray().First(f => f.GetProperty("rule").GetString() == "table-without-rls");
        finding.EnumerateObject().Select(property => property.Name).Should().Equal("rule", "severity", "object", "message", "fix", "safe", "fingerprint");
        finding.GetProperty("severity").GetString().Should().Be("error");
    }

    [Theory]
    [InlineData("audit")]
    [InlineData("lint")]
    [InlineData("clean")]
    [InlineData("suppressed")]
    public async Task Sarif_holds_to_its_schema(string what)
    {
        using var tool = new Tool();
        tool.Write("m i/1.sql", "CREATE TABLE public.forgotten (org_id uuid NOT NULL);");
        if (what == "suppressed")
            tool.Write("sme-data.json", """{ "allowlist": [ { "object": "public.forgotten", "rule": "*", "reason": "not in use" } ] }""");
        string[] command = what == "lint" ? ["lint", "m i", "-c", databases.Server] : ["audit", "-c", what == "clean" ? databases.Clean : databases.Faulty];
        await tool.RunAsync([.. command, "-f", "sarif", "-o", "out.sarif"]);
        var text = await File.ReadAllTextAsync(tool.PathOf("out.sarif"), Databases.Cancel);

        var schema =
            await JsonSchema.FromJsonAsync(
                await new StreamReader(typeof(FormatTests).Assembly.GetManifestResourceStream("sarif-2.1.0.json")!).ReadToEndAsync(Databases.Cancel),
                Databases.Cancel);
        schema.Validate(text).Select(error => error.ToString()).Should().BeEmpty();
        schema.Validate(text.Replace("\"columnKind\"", "\"columKind\"", StringComparison.Ordinal)).Should().NotBeEmpty("the schema must be able to refuse");

        var results = JsonDocument.Parse(text).RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().ToList();
        results.Should().HaveCountGreaterThanOrEqualTo(what == "clean" ? 0 : 1);
        results.Select(result => result.TryGetProperty("suppressions", out var _)).Should().AllBeEquivalentTo(what == "suppressed");
        if (what == "lint")
            results[0].GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString()
                .Should().Be("m%20i/1.sql");
    }

    [Fact]
    public async Task Junit_counts_failures()
    {
        using var tool = new Tool();
        var suite = XDocument.Parse((await tool.RunAsync("audit", "-c", databases.Faulty, "-f", "junit")).Output).Root!.Element("testsuite")!;
        suite.Elements("testcase").Should().HaveCount((int)suite.Attribute("tests")!);
        suite.Descendants("failure").Should().HaveCount((int)suite.Attribute("failures")!).And.NotBeEmpty();
        XDocument.Parse((await tool.RunAsync("audit", "-c", databases.Clean, "-f", "junit")).Output).Descendants("testcase")
            .Should().ContainSingle().Which.Elements().Should().BeEmpty();
    }

    [Fact]
    public async Task Annotations_name_the_file_and_stay_on_one_line()
    {
        using var tool = new Tool();
        tool.Write("m/1,a.sql", "CREATE TABLE public.\"100%: x\" (org_id uuid NOT NULL);");
        var (_, output, _) = await tool.RunAsync("lint", "m", "-c", databases.Server, "-f", "github");
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Should().OnlyContain(line => line.StartsWith("::", StringComparison.Ordinal));
        lines[0].Should().StartWith("::error file=m/1%2Ca.sql,title=table-without-rls::public.\"100%25: x\": ").And.Contain("%0A");
    }
}
