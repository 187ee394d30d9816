using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.TestSupport;

/// <summary>The README, SECURITY.md or a page under docs/, as its tests read it.</summary>
internal sealed partial class Page(string path)
{
    /// <summary>Its SQL is run by ReadmeTests.</summary>
    public const string Readme = "README.md";

    /// <summary>Its SQL is run by ExistingTablesTests.</summary>
    public const string ExistingTables = "docs/existing-tables.md";

    /// <summary>Its SQL is run by ManagedPostgresTests.</summary>
    public const string ManagedPostgres = "docs/managed-postgresql.md";

    /// <summary>Its SQL is run by UsersPageTests.</summary>
    public const string Users = "docs/users.md";

    /// <summary>Its SQL is run by UsersPageTests.</summary>
    public const string ReferenceTables = "docs/reference-tables.md";

    /// <summary>It is followed by YourTablesPageTests.</summary>
    public const string YourTables = "docs/your-tables.md";

    public const string Security = "SECURITY.md";

    private readonly string _text = File.ReadAllText(System.IO.Path.Combine(RepositoryRoot.Folder, path));

    public static IEnumerable<Page> All { get; } =
        Directory.EnumerateFiles(System.IO.Path.Combine(RepositoryRoot.Folder, "docs"), "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Prepend(System.IO.Path.Combine(RepositoryRoot.Folder, Security)).Prepend(System.IO.Path.Combine(RepositoryRoot.Folder, Readme))
            .Select(file => new Page(System.IO.Path.GetRelativePath(RepositoryRoot.Folder, file))).ToList();

    /// <summary>From the root of the repository.</summary>
    public string Path => path;

    /// <summary>The fenced blocks of a language, in order; of the section with this heading alone, where one is named.</summary>
    public IReadOnlyList<string> Blocks(string language, string? section = null) =>
        Regex.Matches(section is null ? _text : Section(section), $"^```{language}\n(?<code>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)
            .Select(match => match.Groups["code"].Value).ToList();

    /// <summary>The code within the rows of tables of a section, in order.</summary>
    public IEnumerable<string> CodeInTables(string section) => Section(section).Split('\n').Where(line => line.StartsWith('|'))
        .SelectMany(line => Code().Matches(line)).Select(match => match.Groups["code"].Value);

    /// <summary>What its links point to, outside of code.</summary>
    public IEnumerable<string> Links => Link().Matches(Prose).Select(match => match.Groups["target"].Value);

    /// <summary>The anchors of its headings, as GitHub makes them.</summary>
    public IEnumerable<string> Anchors => Heading().Matches(Prose).Select(match =>
        NotInAnchors().Replace(match.Groups["title"].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    private string Prose => Fenced().Replace(_text, "");

    public override string ToString() => Path;

    private string Section(string heading) =>
        Regex.Split(_text, "^(?=## )", RegexOptions.Multiline).Single(section => section.StartsWith($"## {heading}", StringComparison.Ordinal));

    [GeneratedRegex(@"(?<!`)\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6} (?<title>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();

    [GeneratedRegex("`(?<code>[^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^```.*?^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fenced();
}
