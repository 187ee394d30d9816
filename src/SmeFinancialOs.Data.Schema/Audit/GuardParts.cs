using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Schema.Audit;

// The parts of sql/guard/ that have to be as they were shipped, or the guard does not hold.
internal static partial class GuardParts
{
    internal const string Schema = "app_guard";
    internal const string EventTrigger = "tenant_guard";
    internal const string Function = $"{Schema}.note_change";
    internal const string CommitTrigger = "check_at_commit";

    private static readonly HashSet<string> RoleNames = [.. new SchemaRoles().All.Select(role => role.Name)];

    // Word by word, because other role names take the place of the default ones when a host says so.
    private static readonly Lazy<Dictionary<string, string[]>> Shipped = new(() => EmbeddedScripts.Guard.SelectMany(script => Body().Matches(script.Contents))
        .ToDictionary(match => match.Groups["name"].Value, match => Words(match.Groups["body"].Value), StringComparer.Ordinal));

    internal static bool IsShipped(Catalog.Function function)
    {
        if (!Shipped.Value.TryGetValue(function.SqlName, out var expected))
            return true;
        var words = Words(function.Body);
        return words.Length == expected.Length && words.Zip(expected).All(pair => pair.First == pair.Second || RoleNames.Contains(pair.Second));
    }

    private static string[] Words(string text) => [.. Word().Matches(text).Select(match => match.Value)];

    [GeneratedRegex(@"CREATE OR REPLACE FUNCTION (?<name>[\w.]+)\(.*?AS \$function\$(?<body>.*?)\$function\$",
        RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Body();

    [GeneratedRegex(@"[\w$]+|[^\w$\s]", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
