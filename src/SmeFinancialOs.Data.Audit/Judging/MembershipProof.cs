using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Contexts;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// What the host's table of memberships is trusted with: that it says which users belong to which tenants. It is, where the role cannot write it, and where
/// its rows are those of the user that the host's context names.
/// </summary>
internal sealed class MembershipProof(DatabaseModel model, SimpleExpression simple)
{
    /// <summary>m.user_id = E, where E is the user of the context.</summary>
    public bool IsOfUser(SqlText condition, string alias, Relation outer) => model.Members is { } members && condition.Split("=") is [var left, var right]
        && ((IsUser(left, members, alias) && IsValue(right, members, outer)) || (IsUser(right, members, alias) && IsValue(left, members, outer)));

    private static bool IsUser(SqlText side, Members members, string alias) => Comparison.ColumnName(side.Bare(), alias) == members.User.Name;

    private bool IsValue(SqlText side, Members members, Relation outer)
    {
        var value = side.Bare();
        return !NamesColumnOf(members.Table) && !NamesColumnOf(outer) && simple.IsSimple(value)
            && new ExpressionClosure(model, [value.Text]).Settings is { Count: > 0 } settings
            && (!model.Context.IsGiven || settings.Any(model.Context.Settings.Contains));

        bool NamesColumnOf(Relation table) =>
            Comparison.NamesColumn(value, table.PlainName, [.. model.Catalog.Columns[table.Oid].Select(column => column.Name)]);
    }
}
