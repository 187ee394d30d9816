using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

/// <summary>What evaluation has shown. RuleRunner leaves it out where another rule names the cause, and adds the row that passes to that finding.</summary>
internal sealed class PolicyHole : CatalogRule
{
    internal const string Id = "policy-hole";

    public override AuditRule Description { get; } = new(
        Id, AuditSeverity.Error,
        "The policies of a table let a row of another tenant pass.",
        "They were evaluated as a role of the app, on made-up rows and in states of the settings that any SQL can make.",
        RowSecurity);

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from table in model.TenantTables.Concat(model.ChildTables)
        let holes = model.JudgementsOf(table).Where(judgement => judgement.Verdict == PolicyVerdict.Hole).ToList()
        where holes.Count > 0
        let roles = string.Join(", ", holes.Select(judgement => judgement.Role))
        select Found(table.Name, $"For {roles}: {holes[0].Reason}.", Fix.Person("tie every way to pass to the tenant. A restrictive policy does it for all: "
            + $"CREATE POLICY tenant_bounds ON {table.Name} AS RESTRICTIVE USING ({TableFix.Bounds(model, table)});"));
}
