using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class ViewOverDefinerView : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "view-over-definer-view", AuditSeverity.Error,
        "A view of the app that reads another view with its owner's rights.",
        "security_invoker on the outer view does not help: the inner one still asks as its owner.",
        Docs + "sql-createview.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from outer in model.Catalog.Relations.Values
        where outer is { Kind: 'v', Invoker: true } && model.AppGrants(GrantKind.Relation, outer.Oid).Any()
        from oid in model.Below(outer.Oid)
        let inner = model.Catalog.Relations.GetValueOrDefault(oid)
        where inner is { Kind: 'v', Invoker: false } or { Kind: 'm' } && model.ReadsTenants(oid)
        select Found(inner.Name, $"{outer.Name}, which the app reads, reads it with its owner's rights.", inner.Kind == 'v'
            ? ViewFix.Invoke(model, inner, outer)
            : Fix.Person($"{outer.Name} must read the tables themselves: a materialized view has no policies"));
}
