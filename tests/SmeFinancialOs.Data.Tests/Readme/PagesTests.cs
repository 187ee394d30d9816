using System.Text.RegularExpressions;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Readme;

/// <summary>
/// What holds for the README, SECURITY.md and every page under docs/. C# that a page shows stands between markers, word for word, in a file under
/// tests/ that is compiled.
/// </summary>
public sealed partial class PagesTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    public static TheoryData<string> PagesWithSql =>
        [.. Page.All.Where(page => page.Blocks("sql").Count > 0 && page.Path is not (Page.Readme or Page.ExistingTables or Page.ManagedPostgres
            or Page.ReferenceTables or Page.YourTables)).Select(page => page.Path)];

    [Fact]
    public void Csharp_of_every_page_is_compiled_and_every_compiled_snippet_is_on_a_page()
    {
        var compiled = Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Folder, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Generated().IsMatch(Path.GetRelativePath(RepositoryRoot.Folder, file)))
            .SelectMany(file => Snippet().Matches(File.ReadAllText(file))).Select(match => Dedent(match.Groups["code"].Value)).ToList();
        var shown = Page.All.SelectMany(page => page.Blocks("csharp")).ToList();
        shown.Except(compiled).Should().BeEmpty("a page shows only what is compiled");
        compiled.Except(shown).Should().BeEmpty("what is marked as a snippet is shown");
    }

    [Fact]
    public void Every_relative_link_leads_somewhere() =>
        Page.All.SelectMany(page => page.Links, (page, link) => (page.Path, link))
            .Where(found => !found.link.StartsWith("https://", StringComparison.Ordinal) && !Leads(found.Path, found.link)).Should().BeEmpty();

    [Fact]
    public void Every_page_is_in_the_index() =>
        new Page("docs/README.md").Links.Should().Contain(Page.All.Select(page => page.Path)
            .Where(path => Path.GetDirectoryName(path) == "docs" && path != "docs/README.md").Select(path => Path.GetFileName(path)));

    [Theory]
    [MemberData(nameof(PagesWithSql))]
    public async Task Sql_runs_on_a_migrated_database(string page)
    {
        await using var database = await fixture.Server.CreateTenantDatabaseAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var superuser = new NpgsqlConnection(database.SuperuserConnectionString);
        await superuser.OpenAsync(TestContext.Current.CancellationToken);
        foreach (var block in new Page(page).Blocks("sql"))
            await superuser.RunUnitsAsync(block);
    }

    private static bool Leads(string page, string link)
    {
        var (file, anchor) = link.Split('#') is [var path, var name] ? (path, name) : (link, null);
        var source = Path.Combine(RepositoryRoot.Folder, page);
        var target = file.Length == 0 ? source : Path.Combine(Path.GetDirectoryName(source)!, file);
        return anchor is null ? Path.Exists(target) : File.Exists(target) && new Page(target).Anchors.Contains(anchor);
    }

    private static string Dedent(string code)
    {
        var lines = code.Split('\n');
        var indent = lines[0].Length - lines[0].TrimStart().Length;
        return string.Join('\n', lines.Select(line => line.Length > indent ? line[indent..] : line.TrimStart()));
    }

    [GeneratedRegex(@"^\s*// <snippet>\n(?<code>.*?)[ ]*// </snippet>$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Snippet();

    [GeneratedRegex(@"[/\\](bin|obj)[/\\]")]
    private static partial Regex Generated();
}
