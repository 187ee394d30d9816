using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class SettingFunctionImmutable : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "setting-function-immutable", AuditSeverity.Error,
        "An IMMUTABLE function that reads a setting.",
        "It is folded into cached plans: another tenant's EXECUTE returned the first tenant's row.",
        Docs + "xfunc-volatility.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from function in model.Settings.Functions
        where function.Volatility == 'i'
        select Found(function.Signature, "It is IMMUTABLE and reads a setting.", Fix.Safe($"ALTER ROUTINE {function.Signature} STABLE;"));
}
