using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// A view with its owner's rights over one tenant table shows what its WHERE lets pass, as a policy does: so its WHERE is judged like a policy, with the
/// policies that bind the owner, if any do. Views of another form are not judged.
/// </summary>
internal sealed class ViewJudge(DatabaseModel model, TableJudge judge)
{
    private static readonly string[] AfterCondition = ["GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR"];
    private static readonly string[] NotPlain = ["UNION", "EXCEPT", "INTERSECT", "WITH", "JOIN", "LATERAL", "TABLESAMPLE", "ONLY"];

    internal async Task<Judged> JudgeAsync(ViewFacts view, RoleFacts role, CancellationToken cancellationToken)
    {
        if (ConditionOf(view) is not var (table, condition))
            return NotJudged("it is more than one SELECT from one tenant table");
        var closure = new ExpressionClosure(model, [view.Query]);
        if ((closure.Obstacle ?? (closure.BodyReads is { } read ? $"a function that it calls reads {read}" : null)) is { } obstacle)
            return NotJudged(obstacle);
        if (view.Commands != "r" && (model.Catalog.Triggers[view.View.Oid].Any() || model.Catalog.RewriteRules.Any(rule => rule.Relation == view.View.Oid)))
            return NotJudged("it is written by triggers or rules");
        var owner = RoleFacts.Of(model, view.View.Owner);
        if (owner.ExemptionFrom(table) is null)
        {
            var policies = model.Inlined.Of(table.Oid).ToList();
            if (view.Commands != "r" || policies.Exists(policy => policy.Reads.Length > 0 || policy.Inlined.Count > 0))
                return NotJudged($"policies bind its owner {owner.Name} that read other tables, or rows are written through it");
            var bound = CommandPredicates.Compose(policies, owner.Applies, "r").Expressions;
            condition = bound.Count == 0 ? "false" : $"({condition}) AND ({bound[0].Expression})";
        }

        var predicates = CommandPredicates.OfView(condition, view.IsChecked ? condition : "true", view.Commands);
        if (predicates.Expressions.Count == 0)
            return new(PolicyVerdict.Closed, "its condition lets nothing pass");
        var judged = await judge.JudgeAsync(table, null, role, predicates, cancellationToken).ConfigureAwait(false);
        if (judged.SharedRows.Count > 0)
            return new(PolicyVerdict.Hole, judged.Reason);
        return judged.Verdict == PolicyVerdict.Safe && !view.IsBarrier
            ? NotJudged("its condition holds rows to the tenant, but without security_barrier a condition of whoever asks may be evaluated first, "
                + "on rows of other tenants, and its error tells their values")
            : judged;
    }

    private static Judged NotJudged(string reason) => new(PolicyVerdict.NotJudged, reason);

    /// <summary>SELECT .. FROM schema.table alias WHERE condition, with the table's name in the place of the alias. Null for another form.</summary>
    private (Relation Table, string Condition)? ConditionOf(ViewFacts view)
    {
        var text = SqlText.Of(view.Query);
        if (model.Catalog.ReadByView[view.View.Oid].Distinct().ToList() is not [var oid] || !model.IsTenantTable(oid)
            || NotPlain.Any(text.Has) || TableReferences.AllIn(text).Count() != 1 || text.Split("FROM") is not [_, var from])
        {
            return null;
        }

        var table = model.Catalog.Relations[oid];
        if (TableUse.At(from, 0, table) is null)
            return null;
        var alias = from.Count > 3 && !IsClause(from[3]) ? from[3] : null;
        var at = alias is null ? 3 : 4;
        if (from.Count > at && !IsClause(from[at]))
            return null;
        if (!from[at].Equals("WHERE", StringComparison.OrdinalIgnoreCase))
            return (table, "true");
        var (end, depth) = (at + 1, 0);
        for (; end < from.Count && !(depth == 0 && AfterCondition.Contains(from[end], StringComparer.OrdinalIgnoreCase)); end++)
            depth += from[end] switch { "(" or "[" => 1, ")" or "]" => -1, _ => 0 };
        var condition = SqlText.Of(from.Slice(at + 1, end - at - 1).Text);
        return (table, TableUse.WithoutAlias(condition, alias, table));
    }

    private static bool IsClause(string token) => token.Equals("WHERE", StringComparison.OrdinalIgnoreCase)
        || AfterCondition.Contains(token, StringComparer.OrdinalIgnoreCase);
}
