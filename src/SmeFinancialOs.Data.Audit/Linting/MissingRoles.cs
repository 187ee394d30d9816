using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Audit.Linting;

/// <summary>
/// The roles of the app that the folder grants to but does not create: in the real cluster someone else made them. Here the lint does, after the prelude, where
/// they are still missing.
/// </summary>
internal static class MissingRoles
{
    internal static IReadOnlyList<string> Of(MigrationLintOptions options, MigrationFolder folder)
    {
        var audit = options.Audit;
        return [.. audit.AppLogins.Concat(audit.AdminLogins).Concat(audit.TenantRoles).Concat(audit.AdminRoles).Distinct()
            .Where(role => !folder.Migrations.Any(migration => Creates(migration.Text, role)))];
    }

    private static bool Creates(string text, string role) =>
        Regex.IsMatch(text, @"\bCREATE\s+(ROLE|USER|GROUP)\s+""?" + Regex.Escape(role) + @"(?![\w$])", RegexOptions.IgnoreCase);
}
