using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class ViewNotUnderstood : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "view-not-understood", AuditSeverity.Warning,
        "A view with its owner's rights that reads the tenant's setting, and that the audit cannot judge.",
        "No row of another tenant was seen in it, and nothing proves that it shows none: that is not the same as safe. The message says what stood in the way.",
        Docs + "sql-createview.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from view in ViewWithoutInvoker.Candidates(model)
        where ViewWithoutInvoker.IsOpenQuestion(model, view)
        let reason = model.JudgementsOf(view).First(judgement => judgement.Verdict == PolicyVerdict.NotJudged).Reason
        select Found(view.Name, $"Not judged: {reason}.", ViewFix.Invoke(model, view, view));
}
