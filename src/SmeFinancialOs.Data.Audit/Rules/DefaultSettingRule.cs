using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

/// <summary>A setting that no role and no database may get by default. Safe to reset, unless an app counts on it.</summary>
internal sealed class DefaultSettingRule(Func<DatabaseModel, string> setting, AuditRule description) : CatalogRule, IRuleFamily
{
    public static IReadOnlyList<CatalogRule> Rows { get; } =
    [
        new DefaultSettingRule(model => model.Context.TenantSetting, new(
            "default-tenant", AuditSeverity.Error,
            "A tenant that is set by default.",
            "Every query that forgot its tenant acts as this one instead of seeing nothing, and RESET brings it back.",
            Docs + "sql-alterrole.html")),
        new DefaultSettingRule(_ => "role", new(
            "default-role", AuditSeverity.Warning,
            "A role that is set by default.",
            "Every connection starts as that role, also one that skipped the tenant context.",
            Docs + "sql-alterrole.html")) { IsNeeded = true, Harmless = "none" },
        new DefaultSettingRule(_ => "row_security", new(
            "row-security-off", AuditSeverity.Warning,
            "row_security off by default.",
            "Queries on protected tables fail for the app, and run unfiltered for a role that bypasses.",
            Docs + "sql-alterrole.html")) { Harmless = "on" },
        new DefaultSettingRule(_ => "session_replication_role", new(
            "default-replica", AuditSeverity.Error,
            "Triggers that are off by default.",
            "With session_replication_role = replica no foreign key is checked and no guard runs.",
            Docs + "runtime-config-client.html#GUC-SESSION-REPLICATION-ROLE")) { Harmless = "origin" },
        new DefaultSettingRule(_ => SettingNames.Maintenance, new(
            "default-maintenance", AuditSeverity.Warning,
            "A maintenance that is set by default.",
            "The owner of protected tables reads and writes the rows of all tenants in each session, without a reason in app.maintenance_log.",
            Docs + "sql-alterrole.html")) { IsNeeded = true },
    ];

    public override AuditRule Description => description;

    /// <summary>An app may count on it.</summary>
    private bool IsNeeded { get; init; }

    /// <summary>The one value that does no harm; null: every value does.</summary>
    private string? Harmless { get; init; }

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model)
    {
        var name = setting(model);
        return from found in model.Catalog.DefaultSettings
               // They are read when somebody logs in.
               where found.Role is null || model.Catalog.Roles.Values.Any(role => role.Name == found.Role && role.LogsIn)
               where found.Sets(name) && !(Harmless is not null && found.Setting.EndsWith("=" + Harmless, StringComparison.OrdinalIgnoreCase))
               let reset = $"ALTER {found.Owner} RESET {name};"
               select Found(found.Owner, $"It starts with {found.Setting}.", IsNeeded ? Fix.Review(reset) : Fix.Safe(reset));
    }
}
