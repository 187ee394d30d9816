using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;
using SmeFinancialOs.Data.Audit.Shipped;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class EventTriggerDisabled : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "event-trigger-disabled", AuditSeverity.Warning,
        "An event trigger that is disabled.",
        "The guard that refuses unprotected tables does not run.",
        Docs + "sql-altereventtrigger.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from trigger in model.Catalog.EventTriggers
        where !trigger.Fires && trigger.Name != GuardParts.EventTrigger
        let name = Identifier.Quote(trigger.Name)
        select Found(name, "It does not fire.", Fix.Review($"ALTER EVENT TRIGGER {name} ENABLE;"));
}
