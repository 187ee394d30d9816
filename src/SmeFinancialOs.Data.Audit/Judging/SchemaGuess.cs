using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>Where no table has the tenant column: which column and which setting were meant. Null where some table has it.</summary>
internal static class SchemaGuess
{
    private const int FewestTables = 2;

    internal static string? For(DatabaseModel model)
    {
        if (model.TenantTables.Count > 0)
            return null;
        var text = $"No table has the tenant column {string.Join(" or ", model.Options.TenantColumns.Select(Identifier.Quote))}, so that nothing was judged.";
        if (Column(model) is var (name, count))
            text += $" {count} tables have a column {Identifier.Quote(name)}: name it if that is the tenant.";
        var settings = model.Policies.SelectMany(policy => new ExpressionClosure(model, policy.Expressions.Select(expression => expression.Text)).Settings)
            .CountBy(setting => setting).OrderByDescending(setting => setting.Value).Select(setting => $"'{setting.Key}'").Take(3).ToList();
        return settings.Count == 0 ? text
            : $"{text} The policies read {(settings.Count == 1 ? "the setting" : "the settings")} {string.Join(", ", settings)}.";
    }

    /// <summary>The id that most tables have beside their own, first of all one that policies name.</summary>
    private static (string Name, int Count)? Column(DatabaseModel model)
    {
        var named = model.Policies.SelectMany(policy => model.Catalog.Columns[policy.Table.Oid].Where(column =>
            policy.Expressions.Any(text => text.Has(column.Sql)))).Select(column => column.Name).ToHashSet();
        var tables = model.Catalog.Relations.Values.Where(relation => relation.IsTable).SelectMany(table => model.Catalog.Columns[table.Oid])
            .Where(column => column.Name != "id" && ValueFamilies.Of(column.BaseType) != ValueFamily.Other)
            .Where(column => named.Contains(column.Name) || column.Name.EndsWith("id", StringComparison.OrdinalIgnoreCase))
            .CountBy(column => column.Name).ToList();
        var best = tables.Where(item => named.Contains(item.Key) || item.Value >= FewestTables)
            .OrderByDescending(item => named.Contains(item.Key)).ThenByDescending(item => item.Value).ThenBy(item => item.Key, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.Key is null ? null : (best.Key, best.Value);
    }
}
