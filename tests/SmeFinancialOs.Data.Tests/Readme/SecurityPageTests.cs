using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Tests.Readme;

/// <summary>SECURITY.md claims no test that there is not, and no script.</summary>
public sealed partial class SecurityPageTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(RepositoryRoot.Folder, Page.Security));

    [Fact]
    public void Every_test_that_the_page_names_exists()
    {
        var tests = Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Folder, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .SelectMany(file => Declared().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value)).ToHashSet();
        var named = Named().Matches(Text).Select(match => match.Groups["name"].Value).Distinct().ToList();
        named.Should().HaveCountGreaterThan(40).And.BeSubsetOf(tests);
    }

    [Fact]
    public void Every_defence_in_the_table_names_a_test_or_a_script_that_exists()
    {
        var rows = Text.Split('\n').SkipWhile(line => !line.StartsWith("| who |", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'))
            .ToList();
        rows.Should().HaveCountGreaterThan(15);
        foreach (var row in rows)
        {
            var attackedBy = row.Split('|')[4];
            (Named().IsMatch(attackedBy) || Script().Matches(attackedBy) is { Count: > 0 } scripts
                && scripts.All(script => File.Exists(Path.Combine(RepositoryRoot.Folder, script.Groups["path"].Value))))
                .Should().BeTrue(row);
        }
    }

    [GeneratedRegex(@"public (async )?(Task|void) (?<name>\w+)\(")]
    private static partial Regex Declared();

    /// <summary>A name as tests have one, several words with an underscore in between; names in capitals are variables of the environment.</summary>
    [GeneratedRegex(@"`(?<name>[A-Z][A-Za-z0-9]*_\w*[a-z]\w*)`")]
    private static partial Regex Named();

    [GeneratedRegex(@"`(?<path>\.ci/[a-z]+)`")]
    private static partial Regex Script();
}
