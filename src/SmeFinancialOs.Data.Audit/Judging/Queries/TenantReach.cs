using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Judging.Queries;

/// <summary>Which tables may hold what belongs to tenants, and which do more than hold rows.</summary>
internal static class TenantReach
{
    /// <summary>A tenant table, one with policies, or one that refers to such a table.</summary>
    internal static bool IsOfTenants(DatabaseModel model, uint table) => IsOfTenants(model, table, []);

    /// <summary>A write of the table changes more than its rows.</summary>
    internal static bool HasEffects(DatabaseModel model, uint table) => model.Catalog.Triggers[table].Any(trigger => !trigger.Internal)
        || model.Catalog.RewriteRules.Any(rule => rule.Relation == table)
        || model.Catalog.ForeignKeys.SelectMany(keys => keys).Any(key => key.Target == table
            && (key.OnDelete is not ('a' or 'r') || key.OnUpdate is not ('a' or 'r')));

    private static bool IsOfTenants(DatabaseModel model, uint table, HashSet<uint> seen) => seen.Add(table)
        && (model.IsTenantTable(table) || model.Catalog.Relations.GetValueOrDefault(table) is not { RowSecurity: false } relation
            || relation.Parents.Any(parent => IsOfTenants(model, parent, seen))
            || model.Catalog.ForeignKeys[table].Any(key => IsOfTenants(model, key.Target, seen)));
}
