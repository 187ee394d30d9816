using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Audit.Linting;

/// <summary>
/// Flyway's names: V1.2__name.sql by version, R__name.sql after them by name, and the highest baseline, B3__name.sql, in place of all up to its version. Every
/// other name keeps its natural order.
/// </summary>
internal static partial class FlywayVersion
{
    internal static IReadOnlyList<string> Order(IEnumerable<string> files)
    {
        var named = files.Select(file => (File: file, Name: Name().Match(file))).ToList();
        if (!named.Any(item => item.Name.Groups["kind"].Value is "V" or "B"))
            return [.. named.Select(item => item.File).Order(NaturalOrder.Instance)];

        var baseline = named.Where(item => item.Name.Groups["kind"].Value == "B").Select(item => Version(item.Name)).DefaultIfEmpty()
            .MaxBy(version => version, NaturalOrder.Instance);
        return [.. named
            .Where(item => item.Name.Groups["kind"].Value switch
            {
                "B" => Version(item.Name) == baseline,
                "V" => baseline is null || NaturalOrder.Instance.Compare(Version(item.Name), baseline) > 0,
                _ => true,
            })
            .OrderBy(item => item.Name.Success ? 0 : 1)
            .ThenBy(item => item.Name.Success ? Version(item.Name) : "", NaturalOrder.Instance)
            .ThenBy(item => item.File, NaturalOrder.Instance)
            .Select(item => item.File)];
    }

    /// <summary>1_2 is 1.2, and 1 is 1.0: the shorter one comes first.</summary>
    private static string Version(Match name) => name.Groups["version"].Value.Replace('_', '.').TrimEnd('.');

    [GeneratedRegex(@"(?<=^|/)(?<kind>[VB])(?<version>\d+(?:[._]\d+)*)__[^/]*$")]
    private static partial Regex Name();
}
