using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class ViewWithoutInvoker : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "view-without-invoker", AuditSeverity.Error,
        "A view that reads tenant tables with its owner's rights.",
        "The policies are asked about the view's owner: a superuser's view shows every tenant, and rows can be updated through it.",
        Docs + "sql-createview.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from view in Candidates(model)
        let judgements = model.JudgementsOf(view)
        where judgements.Count == 0 || judgements.Any(judgement => judgement.Verdict is not (PolicyVerdict.Safe or PolicyVerdict.Closed))
        where !IsOpenQuestion(model, view)
        let worst = judgements.OrderByDescending(judgement => judgement.Verdict == PolicyVerdict.Hole)
            .FirstOrDefault(judgement => judgement.Verdict is PolicyVerdict.Hole or PolicyVerdict.NotJudged)
        select Found(view.Name, $"The app reads it with the rights of the view's owner{(worst is null ? "" : $": {worst.Reason}")}.",
            ViewFix.Invoke(model, view, view));

    /// <summary>Views with their owner's rights over tables of tenants, for the app.</summary>
    internal static IEnumerable<Relation> Candidates(DatabaseModel model) => model.Catalog.Relations.Values.Where(view =>
        view is { Kind: 'v', Invoker: false } && model.ReadsTenants(view.Oid) && model.AppGrants(GrantKind.Relation, view.Oid).Any());

    /// <summary>It reads who the tenant is, nothing was seen, and nothing was proved.</summary>
    internal static bool IsOpenQuestion(DatabaseModel model, Relation view) => model.JudgementsOf(view) is var judgements
        && judgements.Any(judgement => judgement.Verdict == PolicyVerdict.NotJudged)
        && judgements.All(judgement => judgement.Verdict != PolicyVerdict.Hole && (judgement.Verdict != PolicyVerdict.NotJudged || judgement.ReadsContext));
}
