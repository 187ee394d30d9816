using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Cli.Tests;

public sealed partial class PagesTests
{
    [Fact]
    public void Every_command_line_that_a_page_shows_is_one_of_the_tools()
    {
        var shown = Page.All.SelectMany(page => page.Blocks("sh").SelectMany(block => CommandLine().Matches(block)),
            (page, match) => (page.Path, Line: match.Groups["arguments"].Value)).ToList();
        shown.Should().HaveCountGreaterThan(5);
        foreach (var (path, line) in shown)
        {
            Program.CreateRoot().Parse(CommandLineParser.SplitCommandLine(WithDoubleQuotes(line)).ToArray()).Errors
                .Should().BeEmpty("{0} says: sme-data {1}", path, line);
        }
    }

    /// <summary>The parser splits at double quotes alone. What a shell keeps within single quotes may contain them.</summary>
    private static string WithDoubleQuotes(string line) => SingleQuoted().Replace(line, word => $"\"{word.Groups[1].Value.Replace("\"", "")}\"");

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex SingleQuoted();

    /// <summary>Up to a redirection or a comment.</summary>
    [GeneratedRegex(@"^(?:tools/)?sme-data (?<arguments>[^\n]*?)(?: +[>#][^\n]*)?$", RegexOptions.Multiline)]
    private static partial Regex CommandLine();
}
