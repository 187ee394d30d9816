using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class DefaultReplica : DefaultSettingRule
{
    public override AuditRule Description { get; } = new(
        "default-replica", AuditSeverity.Error,
        "Triggers that are off by default.",
        "With session_replication_role = replica no foreign key is checked and no guard runs.",
        Docs + "runtime-config-client.html#GUC-SESSION-REPLICATION-ROLE");

    protected override string NameOf(AuditScene scene) => "session_replication_role";

    protected override bool IsHarmless(DefaultSetting setting) => setting.Setting.EndsWith("=origin", StringComparison.OrdinalIgnoreCase);
}
