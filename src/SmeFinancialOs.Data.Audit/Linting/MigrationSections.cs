using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Audit.Linting;

/// <summary>
/// Files that hold both ways, told apart by comments: goose (-- +goose Down), sql-migrate (-- +migrate Down), dbmate (-- migrate:down), node-pg-migrate
/// (-- Down Migration).
/// </summary>
internal static partial class MigrationSections
{
    /// <summary>What undoes becomes empty lines, so that the others keep their numbers.</summary>
    internal static string WithoutDown(string text)
    {
        var up = true;
        return string.Join('\n', text.Split('\n').Select(line =>
        {
            if (Marker().Match(line) is { Success: true } marker)
                up = marker.Groups["way"].Value.Equals("up", StringComparison.OrdinalIgnoreCase);
            return up ? line : "";
        }));
    }

    [GeneratedRegex(@"^\s*--\s*(?:(?:\+goose|\+migrate)\s+(?<way>up|down)|migrate:(?<way>up|down)|(?<way>up|down)\s+migration)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Marker();
}
