using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;
using SmeFinancialOs.Data.Audit.Judging;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class DefinerBypasses : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "definer-bypasses", AuditSeverity.Error,
        "A SECURITY DEFINER function of an owner whom no policy binds.",
        "It reads and writes the rows of every tenant for whoever may call it.",
        Docs + "sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from function in model.Catalog.Functions.Values
        where function.Definer && model.AppMayRun(function) && DefinerJudge.Bypasses(model, function.Owner)
        let judgement = model.JudgementsOf(function.Signature) is [var only, ..] ? only : null
        where judgement?.Verdict != PolicyVerdict.Safe
        let roles = model.AppGrantees(GrantKind.Function, function.Oid)
        select Found(function.Signature, $"The app may run it, and {model.Identities.NameOf(function.Owner)} sees every tenant"
            + $"{(judgement is null ? "" : $": {judgement.Reason}")}.", roles.Length > 0
            ? Fix.Review($"REVOKE EXECUTE ON ROUTINE {function.Signature} FROM {roles};")
            : Fix.Person($"a trigger runs it: give it to a role that the policies bind, ALTER ROUTINE {function.Signature} OWNER TO ..;"));
}
