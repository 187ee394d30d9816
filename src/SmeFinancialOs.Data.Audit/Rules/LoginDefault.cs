using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;
using SmeFinancialOs.Data.Logins;

namespace SmeFinancialOs.Data.Audit.Rules;

/// <summary>The same list by which the run time refuses a login. A value is not printed: it may be a secret.</summary>
internal sealed class LoginDefault : CatalogRule
{
    /// <summary>What rules of their own find, for every role.</summary>
    private static readonly string[] Elsewhere = ["role", "row_security", "session_replication_role", SettingNames.Maintenance];

    public override AuditRule Description { get; } = new(
        "login-setting", AuditSeverity.Error,
        "A default of the app's login, or of the database, that harms every tenant.",
        "SQL that is injected into one call can reset the role and change the defaults of its login, for all tenants and for good.",
        Docs + "sql-alterrole.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from setting in model.Catalog.DefaultSettings
        where setting.Role is null || model.Identities.Logins.Any(login => login.Name == setting.Role)
        where !setting.Sets(model.Context.TenantSetting) && !Elsewhere.Any(setting.Sets)
        let harm = LoginSetting.HarmOf(setting.Name, setting.Value)
        where harm is not null
        group (setting.Name, Harm: harm) by setting.Owner into found
        select Found(found.Key, $"It starts with {string.Join("; ", found.Select(setting => $"{setting.Name}: {setting.Harm}"))}.",
            Fix.Review(string.Join('\n', found.Select(setting => LoginSetting.Reset(found.Key, setting.Name)))));
}
