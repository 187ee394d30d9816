using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;
using SmeFinancialOs.Data.Audit.Shipped;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class GuardDisabled : CatalogRule
{
    private const string Enable = $"ALTER EVENT TRIGGER {GuardParts.EventTrigger} ENABLE ALWAYS;";
    private const string Create = $"CREATE EVENT TRIGGER {GuardParts.EventTrigger} ON ddl_command_end EXECUTE FUNCTION {GuardParts.Function}();\n{Enable}";

    public override AuditRule Description { get; } = new(
        "guard-disabled", AuditSeverity.Error,
        "A tenant guard that does not hold.",
        "A table without policies, or a policy weakened later, is no longer refused. Enabled but not ALWAYS, it sleeps for replicas.",
        Docs + "sql-altereventtrigger.html");

    /// <summary>Whoever never turned the guard on has at most its allowlist.</summary>
    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model)
    {
        var trigger = model.Catalog.EventTriggers.FirstOrDefault(trigger => trigger.Name == GuardParts.EventTrigger);
        if (trigger is null && model.Catalog.Relations.Values.All(relation => relation.Name != GuardParts.Pending))
            yield break;
        if (trigger is null)
            yield return Found(GuardParts.EventTrigger, "The event trigger is gone.", Fix.Safe(Create));
        else if (model.Catalog.Functions.GetValueOrDefault(trigger.Function) is { } run && run.SqlName != GuardParts.Function)
            yield return Found(GuardParts.EventTrigger, $"It runs {run.Signature}.", Fix.Safe($"DROP EVENT TRIGGER {GuardParts.EventTrigger};\n{Create}"));
        else if (trigger.Enabled != 'A')
            yield return Found(GuardParts.EventTrigger, trigger.Fires ? "It is not ENABLE ALWAYS." : "It is disabled.", Fix.Safe(Enable));

        foreach (var commit in from triggers in model.Catalog.Triggers
                               from one in triggers
                               where one is { Name: GuardParts.CommitTrigger, Enabled: not 'A' }
                                   && model.Catalog.Relations[one.Relation].Name == GuardParts.Pending
                               select one)
        {
            yield return Found($"{commit.Name} on {GuardParts.Pending}", "It is not ENABLE ALWAYS.",
                Fix.Safe($"ALTER TABLE {GuardParts.Pending} ENABLE ALWAYS TRIGGER {commit.Name};"));
        }

        foreach (var function in model.Catalog.Functions.Values.Where(function => !GuardParts.IsShipped(function)))
            yield return Found(function.Signature, "It is not the function that this version of the library ships.",
                Fix.Person("turn the guard on again: sql/guard/tenant_guard.sql"));
    }
}
