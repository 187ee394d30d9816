using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Rules;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// Policies that ask the sealed context are not evaluated: only a host that has a key can make a context, and the audit must not read one.
/// What is proved instead: a row passes only where the tenant column equals the context's tenant, or a fixed tenant that is only read; and a row of a child
/// table only where the role sees its parent row.
/// </summary>
internal static class SealedProof
{
    /// <summary>safe: the tables that the policies read and that are safe.</summary>
    internal static bool Holds(DatabaseModel model, Relation table, RowOwner owner, CommandPredicates predicates, IReadOnlySet<uint> safe)
    {
        if (new SealBroken().Evaluate(model).Any())
            return false;
        var columns = model.Catalog.Columns[table.Oid].Select(column => column.Name).ToHashSet();
        var constant = new SimpleExpression(model, new HashSet<string>());
        return predicates.Expressions.All(item =>
        {
            var tree = BooleanExpression.Parse(model.Parsed(item.Expression));
            var exact = tree.Atoms.Where(atom => owner.Parent is not null
                ? HandedOn.Read(model, atom, table, owner) is { } source && safe.Contains(source.Table.Oid)
                : Comparison.Read(atom, table.PlainName, columns) is { Operator: "=", IsList: false, Cast: null } comparison
                && comparison.Column == owner.Columns[0]
                && (model.Settings.IsSealedTenant(comparison.Other) || (predicates.IsReadOnly && constant.IsSimple(comparison.Other))));
            return !tree.CanBe(true, exact.Select(atom => atom.Text).ToHashSet(), new HashSet<string>());
        });
    }
}
