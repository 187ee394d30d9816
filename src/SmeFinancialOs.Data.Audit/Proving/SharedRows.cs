using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Probing;

namespace SmeFinancialOs.Data.Audit.Proving;

/// <summary>
/// Rows that belong to no single tenant: without a tenant, where the column allows it, or of a tenant that a policy names, such as 0 or the demo. The row of
/// the own tenant becomes one, so that no key stands in the way; foreign keys are not looked at.
/// </summary>
internal static class SharedRows
{
    internal static IEnumerable<ProofQuestion> Questions(DatabaseModel model, Target target)
    {
        var ids = model.PoliciesOf(target.Table).SelectMany(policy => policy.Expressions.SelectMany(policy.Comparisons)
            .Where(part => part.Equal && !part.Other.Calls().Any(policy.IsReader)).Select(part => part.Other.Text))
            .Where(text => IsConstant(model, target.Table, text)).Distinct().Select(text => (Name: $"the row of {text}", Value: text)).ToList();
        if (!target.Tenant.NotNull)
            ids.Add(("the row without a tenant", "NULL"));
        foreach (var (name, value) in ids)
        {
            var (mine, other) = ($"{target.Tenant.Sql} IS NOT DISTINCT FROM ({value})", $"{target.Tenant.Sql} = {target.Tenant.Value(target.OtherId)}");
            string[] prepare = ["SET LOCAL session_replication_role = replica",
                $"UPDATE {target.Name} SET {target.Tenant.Sql} = ({value}) {target.WhereOwn}", "SET LOCAL session_replication_role = origin"];
            yield return new(target.Name, $"SELECT of {name}", prepare,
                $"SELECT concat_ws(' ', (count(*) FILTER (WHERE {mine}) > 0)::text, (count(*) FILTER (WHERE {other}) > 0)::text) FROM {target.Name}", null)
            { IsShared = true };
            yield return new(target.Name, $"DELETE of {name}", ["SET LOCAL session_replication_role = replica", .. prepare.Skip(1).Take(1)],
                $"DELETE FROM {target.Name}", $"SELECT concat_ws(' ', (NOT EXISTS (SELECT FROM {target.Name} WHERE {mine}))::text, "
                + $"(NOT EXISTS (SELECT FROM {target.Name} WHERE {other}))::text)")
            { IsShared = true };
        }
    }

    /// <summary>Of no column, and of no table.</summary>
    private static bool IsConstant(DatabaseModel model, Relation table, string text) => model.Parsed(text) is var side
        && !side.Has("FROM") && !model.Catalog.Columns[table.Oid].Any(column => side.Has(column.Sql));
}
