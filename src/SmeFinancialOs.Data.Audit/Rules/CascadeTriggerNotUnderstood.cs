using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;
using SmeFinancialOs.Data.Audit.Judging;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class CascadeTriggerNotUnderstood : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "cascade-trigger-not-understood", AuditSeverity.Warning,
        "A trigger that a foreign-key action fires, and whose function the audit cannot judge.",
        "Such a function may run as the owner of the table, with no policy in force (cascade-trigger-crosses-tenants). Whether each of its queries keeps to "
            + "the tenant of the row is not seen. The message says why. Good: a query on one table with WHERE org_id = OLD.org_id. An allowance is right where "
            + "a person has read the function.",
        Docs + "trigger-definition.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from found in new CascadeTriggers(model).Find().GroupBy(found => found.Trigger)
        where !found.Any(one => one.IsCertain)
        let first = found.First()
        select Found($"{Identifier.Quote(first.Trigger.Name)} on {model.Catalog.Relations[first.Trigger.Relation].Name}",
            $"Fired by {model.NameOf(first.Key)} with rights that no policy may filter. Not judged: {string.Join("; ", found.Select(Reason).Distinct())}.",
            Fix.Person("read the function: each query on a table of tenants has to name the tenant of the row"));

    private static string Reason(CascadeTriggers.Found found) =>
        found.Touch.Table is { } table ? $"{found.Touch.Function.Signature}, {table.Name}: {found.Touch.Reason}" : found.Touch.Reason;
}
