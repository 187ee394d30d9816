using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Rules;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// Policies that ask the sealed context are not evaluated: only a host that has a key can make a context, and the audit must not read one.
/// What is proved instead: a row passes only where the tenant column equals the context's tenant, or a fixed tenant that is only read.
/// </summary>
internal static class SealedProof
{
    internal static bool Holds(DatabaseModel model, Relation table, CommandPredicates predicates)
    {
        if (new SealBroken().Evaluate(model).Any())
            return false;
        var key = model.TenantColumnOf(table).Name;
        var columns = model.Catalog.Columns[table.Oid].Select(column => column.Name).ToHashSet();
        var constant = new SimpleExpression(model, new HashSet<string>());
        return predicates.Expressions.All(item =>
        {
            var tree = BooleanExpression.Parse(model.Parsed(item.Expression));
            var exact = tree.Atoms.Where(atom => Comparison.Read(atom, table.PlainName, columns) is { Operator: "=", IsList: false, Cast: null } comparison
                && comparison.Column == key
                && (model.Settings.IsSealedTenant(comparison.Other) || (predicates.IsReadOnly && constant.IsSimple(comparison.Other))));
            return !tree.CanBe(true, exact.Select(atom => atom.Text).ToHashSet(), new HashSet<string>());
        });
    }
}
