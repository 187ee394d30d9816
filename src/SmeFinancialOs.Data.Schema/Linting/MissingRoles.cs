using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Schema.Linting;

// The roles of the app that the folder grants to but does not create: in the real cluster someone else made them. Here the lint does, where they are missing.
internal static class MissingRoles
{
    internal static IReadOnlyList<string> Of(MigrationLintOptions options, MigrationFolder folder)
    {
        var audit = options.Audit;
        var ours = options.WithTenantSchema ? new SchemaRoles().All.Select(role => role.Name) : [];
        return [.. audit.AppLogins.Concat(audit.AdminLogins).Concat(audit.TenantRoles).Concat(audit.AdminRoles).Distinct().Except(ours)
            .Where(role => !folder.Migrations.Any(migration => Creates(migration.Text, role)))];
    }

    private static bool Creates(string text, string role) =>
        Regex.IsMatch(text, @"\bCREATE\s+(ROLE|USER|GROUP)\s+""?" + Regex.Escape(role) + @"(?![\w$])", RegexOptions.IgnoreCase);
}
