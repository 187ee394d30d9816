using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;
using SmeFinancialOs.Data.Audit.Fixes;
using SmeFinancialOs.Data.Audit.Judging;

namespace SmeFinancialOs.Data.Audit.Rules;

/// <summary>What reads a table with its owner's rights, where a policy for the owner raises an error without a tenant or a maintenance.</summary>
internal sealed class OwnerNeedsContext : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "owner-needs-context", AuditSeverity.Info,
        "What reads a protected table with its owner's rights.",
        "Forced row-level security showed the owner no row. The policy owner_maintenance shows it the rows of the tenant in force and fails without one.",
        Docs + "ddl-rowsecurity.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model)
    {
        var tables = model.Policies.Where(policy => policy.Table.Forced && policy.Policy.Roles.Contains(policy.Table.Owner) && CallsInMaintenance(policy))
            .Select(policy => policy.Table).Distinct().ToList();
        var functions = from function in model.Catalog.Functions.Values
                        where function is { Definer: true, System: false }
                        let names = TableReferences.AllIn(SqlText.Of(function.Definition ?? function.Body)).ToHashSet(StringComparer.OrdinalIgnoreCase)
                        where tables.Any(table => table.Owner == function.Owner && (names.Contains(table.Name) || names.Contains(table.PlainName)))
                        select Found(function.Signature, "It reads or writes the rows of the tenant in force, all rows in an admin context or a maintenance, "
                            + "and fails (42501) otherwise.", Fix.Person("call it where a tenant is in force, or behind app.begin_maintenance('why')"));
        var views = from view in model.Catalog.Relations.Values
                    where view is { Kind: 'm' } or { Kind: 'v', Invoker: false }
                    where tables.Exists(table => table.Owner == view.Owner && model.Below(view.Oid).Contains(table.Oid))
                    select Found(view.Name, view.Kind == 'm'
                        ? "REFRESH MATERIALIZED VIEW fails (42501) without a maintenance."
                        : "It shows the rows of the tenant in force, all rows in an admin context or a maintenance, and fails (42501) otherwise.",
                        Fix.Person(view.Kind == 'm' ? "BEGIN; SELECT app.begin_maintenance('why'); REFRESH MATERIALIZED VIEW ..; COMMIT;"
                            : "query it where a tenant is in force, or behind app.begin_maintenance('why')"));
        return functions.Concat(views);
    }

    private static bool CallsInMaintenance(PolicyAnalysis policy) => policy.Using.Calls().Any(call => call.Name == "in_maintenance");
}
