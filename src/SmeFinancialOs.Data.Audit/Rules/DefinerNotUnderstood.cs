using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class DefinerNotUnderstood : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "definer-not-understood", AuditSeverity.Warning,
        "A SECURITY DEFINER function that reads the tenant's setting, and that the audit cannot judge.",
        "No row of another tenant was seen in its answer, and nothing proves that it shows and writes none: that is not the same as safe. The message says "
            + "what stood in the way.",
        Docs + "sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from candidate in DefinerBypasses.Candidates(model)
        where DefinerBypasses.IsOpenQuestion(candidate.Judgement)
        select Found(candidate.Function.Signature, $"Not judged: {candidate.Judgement!.Reason}.", DefinerBypasses.FixOf(model, candidate.Function));
}
