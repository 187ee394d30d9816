using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;
using SmeFinancialOs.Data.Audit.Judging;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class CascadeTriggerCrossesTenants : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "cascade-trigger-crosses-tenants", AuditSeverity.Error,
        "A trigger that a foreign-key action fires, and that reads or writes the rows of all tenants.",
        "ON DELETE CASCADE, SET NULL, SET DEFAULT and ON UPDATE CASCADE run as the owner of the table. A BEFORE trigger that they fire runs as that owner, "
            + "and without FORCE: no policy filters what its function reads and writes. From PostgreSQL 18 on an AFTER trigger runs as the owner, too, under "
            + "FORCE. Bad: UPDATE totals SET n = n - 1. Good: UPDATE totals SET n = n - 1 WHERE org_id = OLD.org_id. "
            + "An allowance is right where the function is meant to act on all tenants, such as a count of the whole service.",
        Docs + "trigger-definition.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from found in new CascadeTriggers(model).Find()
        where found.IsCertain
        let table = found.Touch.Table!
        select Found($"{Identifier.Quote(found.Trigger.Name)} on {model.Catalog.Relations[found.Trigger.Relation].Name}",
            $"Fired by {model.NameOf(found.Key)}, {found.Touch.Function.Signature} {(found.Touch.Command == 'r' ? "reads" : "writes")} {table.Name} "
                + $"with rights that no policy filters, and {found.Touch.Reason}.",
            Fix.Person($"tie the query to the tenant of the row: WHERE {model.TenantColumnOf(table.Oid)?.Sql ?? "its parent"} = "
                + (found.Trigger.IsForRows ? $"OLD.{model.TenantColumnOf(found.Table.Oid)?.Sql ?? "the column that says whose the row is"}"
                    : "the tenant in force; a trigger FOR EACH STATEMENT has no OLD")));
}
