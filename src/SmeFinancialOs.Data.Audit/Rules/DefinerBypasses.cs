using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;
using SmeFinancialOs.Data.Audit.Judging;
using SmeFinancialOs.Data.Audit.Shipped;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class DefinerBypasses : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "definer-bypasses", AuditSeverity.Error,
        "A SECURITY DEFINER function of an owner whom no policy binds.",
        "It reads and writes the rows of every tenant for whoever may call it.",
        Docs + "sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from candidate in Candidates(model)
        where candidate.Judgement?.Verdict != PolicyVerdict.Safe && !IsOpenQuestion(candidate.Judgement)
            && (candidate.Judgement is not null || !ResolverForm.IsShipped(model, candidate.Function))
        let function = candidate.Function
        select Found(function.Signature, $"The app may run it, and {model.Identities.NameOf(function.Owner)} sees every tenant"
            + $"{(candidate.Judgement is { } judgement ? $": {judgement.Reason}" : "")}{NoResolver(model, function)}.", FixOf(model, function));

    /// <summary>Functions of owners whom no policy binds, for the app.</summary>
    internal static IEnumerable<(Function Function, PolicyJudgement? Judgement)> Candidates(DatabaseModel model) =>
        from function in model.Catalog.Functions.Values
        where function.Definer && model.AppMayRun(function) && DefinerJudge.Bypasses(model, function.Owner)
        select (function, model.JudgementsOf(function.Signature) is [var only, ..] ? only : null);

    /// <summary>What stands in the way of taking it for a resolver, where it is called like one.</summary>
    private static string NoResolver(DatabaseModel model, Function function) =>
        (function.Name.StartsWith("resolve_", StringComparison.Ordinal) || function.Name.StartsWith("tenants_of_", StringComparison.Ordinal)
            || function.Name == AcceptanceForm.FunctionName)
            && ResolverForm.Fault(model, function) is { } why ? $"; it is no resolver as app.create_resolver makes it: {why}" : "";

    /// <summary>It reads who the tenant is, nothing was seen, and nothing was proved.</summary>
    internal static bool IsOpenQuestion(PolicyJudgement? judgement) => judgement is { Verdict: PolicyVerdict.NotJudged, ReadsContext: true };

    internal static Fix FixOf(DatabaseModel model, Function function) => model.AppGrantees(GrantKind.Function, function.Oid) is { Length: > 0 } roles
        ? Fix.Review($"REVOKE EXECUTE ON ROUTINE {function.Signature} FROM {roles};")
        : Fix.Person($"a trigger runs it: give it to a role that the policies bind, ALTER ROUTINE {function.Signature} OWNER TO ..;");
}
