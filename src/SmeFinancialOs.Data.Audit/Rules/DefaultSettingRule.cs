using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

// A setting that no role and no database may get by default. Safe to reset, unless an app counts on it.
internal abstract class DefaultSettingRule : CatalogRule
{
    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from setting in scene.Catalog.DefaultSettings
        where setting.Sets(NameOf(scene)) && !IsHarmless(setting)
        let reset = $"ALTER {setting.Owner} RESET {NameOf(scene)};"
        select Found(setting.Owner, $"It starts with {setting.Setting}.", IsNeeded ? Fix.Review(reset) : Fix.Safe(reset));

    protected virtual bool IsNeeded => false;

    protected abstract string NameOf(AuditScene scene);

    protected virtual bool IsHarmless(DefaultSetting setting) => false;
}
