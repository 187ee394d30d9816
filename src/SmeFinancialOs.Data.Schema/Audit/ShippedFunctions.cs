using System.Text.RegularExpressions;
using DbUp.Engine;
using SmeFinancialOs.Data.Schema.Audit.Catalog;

namespace SmeFinancialOs.Data.Schema.Audit;

// The functions of some of our scripts, or of one schema in them. Compared word by word, because other role names take the place of the default ones when a
// host says so.
internal sealed partial class ShippedFunctions(IEnumerable<SqlScript> scripts, string schema = "")
{
    private static readonly HashSet<string> RoleNames = [.. new SchemaRoles().All.Select(role => role.Name)];

    private readonly Dictionary<string, (bool Definer, string[] Words)> _shipped = scripts.SelectMany(script => Created().Matches(script.Contents))
        .Where(match => match.Groups["name"].Value.StartsWith(schema, StringComparison.Ordinal))
        .ToDictionary(match => match.Groups["name"].Value, match => (match.Groups["head"].Value.Contains("SECURITY DEFINER", StringComparison.Ordinal),
            Words(match.Groups["body"].Value)), StringComparer.Ordinal);

    // True for what the scripts do not have.
    internal bool Matches(Function function)
    {
        if (!_shipped.TryGetValue(function.SqlName, out var expected))
            return true;
        var words = Words(function.Body);
        return function.Definer == expected.Definer && function.PinsSearchPath && words.Length == expected.Words.Length
            && words.Zip(expected.Words).All(pair => pair.First == pair.Second || RoleNames.Contains(pair.Second));
    }

    private static string[] Words(string text) => [.. Word().Matches(text).Select(match => match.Value)];

    [GeneratedRegex(@"CREATE OR REPLACE FUNCTION (?<name>[\w.]+)\((?<head>.*?)AS \$function\$(?<body>.*?)\$function\$",
        RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Created();

    [GeneratedRegex(@"[\w$]+|[^\w$\s]", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
