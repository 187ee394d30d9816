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
        var tenant = target.Owner[0];
        var ids = model.PoliciesOf(target.Table).SelectMany(policy => policy.Expressions.SelectMany(policy.Comparisons)
            .Where(part => part.Equal && !part.Other.Calls().Any(policy.IsReader)).Select(part => part.Other.Text))
            .Where(text => IsConstant(model, target.Table, text)).Distinct().Select(text => (Name: $"the row of {text}", Value: text)).ToList();
        if (!tenant.NotNull)
            ids.Add(("the row without a tenant", "NULL"));
        foreach (var (name, value) in ids)
        {
            var (mine, other) = ($"{tenant.Sql} IS NOT DISTINCT FROM ({value})", $"{tenant.Sql} = {tenant.Value(target.Other.Values[tenant.Name])}");
            string[] prepare = ["SET LOCAL session_replication_role = replica",
                $"UPDATE {target.Name} SET {tenant.Sql} = ({value}) {target.WhereOwn}", "SET LOCAL session_replication_role = origin"];
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
