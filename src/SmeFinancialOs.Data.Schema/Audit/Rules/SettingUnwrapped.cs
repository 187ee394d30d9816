namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class SettingUnwrapped : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "setting-unwrapped", AuditSeverity.Warning,
        "A setting that is read once for every row.",
        "Within a sub-select it is read once a statement: 71 to 86 ms instead of 192 to 227 for an aggregate over 150,000 rows.",
        RowSecurity);

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from policy in scene.Policies
        where policy.Expressions.Any(text => text.Calls(policy.IsReader).Any(call => !call.Wrapped))
        select Found(policy.Name, "It reads the setting outside a sub-select.",
            $"-- ALTER POLICY {policy.Sql} ON {policy.Table.Name} with (SELECT ..) around what reads the setting");
}
