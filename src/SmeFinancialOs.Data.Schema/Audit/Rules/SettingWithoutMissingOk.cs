namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class SettingWithoutMissingOk : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "setting-without-missing-ok", AuditSeverity.Warning,
        "A setting read without missing_ok.",
        "A connection that never set it gets an error (42704) instead of no rows, unless a default is set, which is worse.",
        Docs + "functions-admin.html#FUNCTIONS-ADMIN-SET");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        (from policy in scene.Policies
         where policy.Expressions.Any(Misses)
         select Found(policy.Name, "current_setting has no second argument.", $"-- ALTER POLICY {policy.Sql} ON {policy.Table.Name} with current_setting({Identifier.Literal(scene.Options.TenantSetting)}, true)"))
        .Concat(from function in scene.Settings.Functions
                where scene.Settings.ReadsTenant(function) && Misses(SqlText.Of(function.Body))
                select Found(function.Signature, "current_setting has no second argument.", $"-- CREATE OR REPLACE {function.Signature} with current_setting({Identifier.Literal(scene.Options.TenantSetting)}, true)"));

    private static bool Misses(SqlText text) => text.Calls(name => name.Equals("current_setting", StringComparison.OrdinalIgnoreCase))
        .Any(call => !text.Tokens.Skip(call.Index).Take(SqlText.Close(text.Tokens, call.Index + 1) - call.Index).Contains(","));
}
