using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class SettingUnwrapped : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "setting-unwrapped", AuditSeverity.Warning,
        "A setting that is read once for every row.",
        "Within a sub-select it is read once a statement: 71 to 86 ms instead of 192 to 227 for an aggregate over 150,000 rows.",
        RowSecurity);

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from policy in model.Policies
        where policy.Expressions.Any(text => text.Calls().Any(call => !call.Wrapped && policy.IsReader(call)))
        select Found(policy.Name, "It reads the setting outside a sub-select.",
            Fix.Of(PolicyRewrite.OfEach(policy, text =>
                SettingText.With(text, text.Calls().Where(call => !call.Wrapped && policy.IsReader(call)), call => $"(SELECT {call})")), true));
}
