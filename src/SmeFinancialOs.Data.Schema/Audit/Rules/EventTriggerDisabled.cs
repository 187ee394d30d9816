namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class EventTriggerDisabled : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "event-trigger-disabled", AuditSeverity.Warning,
        "An event trigger that is disabled.",
        "The guard that refuses unprotected tables does not run.",
        Docs + "sql-altereventtrigger.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from name in scene.Catalog.DisabledEventTriggers
        select Found(name, "It is disabled.", $"ALTER EVENT TRIGGER {name} ENABLE;");
}
