using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Readme;

public sealed partial class ReadmeTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Root(), "README.md"));

    [Fact]
    public void Every_line_of_csharp_is_compiled_here()
    {
        var compiled = Compiled().Matches(File.ReadAllText(Path.Combine(Root(), "tests", "SmeFinancialOs.Data.Tests", "Readme", "Snippets.cs"))).Select(match => Dedent(match.Groups["code"].Value));
        Blocks("csharp").Should().NotBeEmpty().And.Equal(compiled);
    }

    [Fact]
    public async Task Csharp_runs()
    {
        (await Snippets.QuickStartAsync(fixture.Database.OwnerConnectionString, fixture.Database.AppConnectionString)).Should().Equal(("draft", 120_000));
        await Snippets.AmbientAsync(fixture.Factory, fixture.OrganizationA);
        (await Snippets.BatchAsync(fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationA)), Guid.NewGuid())).Should().BePositive();
        (await Snippets.AdminAsync(fixture.AppDataSource, fixture.Database.AdminConnectionString)).Should().BeGreaterThanOrEqualTo(3);
        await Snippets.ProveIsolationAsync(fixture.Database.OwnerConnectionString);
        Snippets.Register(new ServiceCollection(), fixture.Database.AppConnectionString, fixture.Database.AdminConnectionString);
    }

    [Fact]
    public async Task Sql_runs_and_makes_a_table_that_is_safe()
    {
        await using var owner = await fixture.OpenAsSuperuserAsync();
        var notices = new List<string>();
        owner.Notice += (_, e) => notices.Add(e.Notice.MessageText);
        await owner.ExecuteAsync($"SET ROLE app_owner; {Blocks("sql").Single()}");
        notices.Should().BeEmpty();

        const string insert = "INSERT INTO payments (invoice_id, amount_cents) SELECT id, 1 FROM invoices";
        await fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationA)).ExecuteAsync(insert);
        (await fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationB)).ExecuteScalarAsync<long>("SELECT count(*) FROM payments")).Should().Be(0);
    }

    private static IEnumerable<string> Blocks(string language) =>
        Regex.Matches(Readme, $"^```{language}\n(?<code>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline).Select(match => match.Groups["code"].Value);

    private static string Dedent(string code)
    {
        var lines = code.Split('\n');
        var indent = lines[0].Length - lines[0].TrimStart().Length;
        return string.Join('\n', lines.Select(line => line.Length > indent ? line[indent..] : line.TrimStart()));
    }

    // Not CallerFilePath: a deterministic build maps it away.
    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SmeFinancialOs.Data.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside the repository.");
        return folder.FullName;
    }

    [GeneratedRegex(@"// <snippet>\n(?<code>.*?)[ ]*// </snippet>", RegexOptions.Singleline)]
    private static partial Regex Compiled();
}
