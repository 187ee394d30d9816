using System.Globalization;
using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Analyzers.Tests;

/// <summary>docs/analyzers.md says what the analyzer does.</summary>
public sealed partial class PageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(RepositoryRoot.Folder, "docs", "analyzers.md"));

    public static TheoryData<string> RuleIds => [.. new AmbientContextAnalyzer().SupportedDiagnostics.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(RuleIds))]
    public async Task Code_that_a_rule_reports_is_reported_and_the_code_instead_is_not(string id)
    {
        var blocks = Code().Matches(Section(id)).Select(match => match.Groups["code"].Value).ToList();
        blocks.Should().HaveCount(2);
        (await Snippet.ReportsOfMembersAsync(blocks[0])).Should().ContainSingle().Which.Should().StartWith(id);
        (await Snippet.ReportsOfMembersAsync(blocks[1])).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void Heading_of_a_section_is_the_title_of_its_rule(string id)
    {
        var title = new AmbientContextAnalyzer().SupportedDiagnostics.Single(rule => rule.Id == id).Title.ToString(CultureInfo.InvariantCulture);
        Section(id).Should().StartWith($"## {id}: {char.ToLowerInvariant(title[0])}{title[1..]}\n");
    }

    private static string Section(string id) => Regex.Split(Page, "^(?=## )", RegexOptions.Multiline)
        .Single(section => section.StartsWith($"## {id}:", StringComparison.Ordinal));

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Code();
}
