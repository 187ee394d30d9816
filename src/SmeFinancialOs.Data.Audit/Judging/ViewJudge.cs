using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;
using SmeFinancialOs.Data.Audit.Judging.Queries;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// A view with its owner's rights shows what its query lets pass: each use of a tenant table in it is judged, with the policies that bind the owner, if any do.
/// </summary>
internal sealed class ViewJudge(DatabaseModel model, QueryJudge judge)
{
    internal async Task<Judged> JudgeAsync(ViewFacts view, RoleFacts role, CancellationToken cancellationToken)
    {
        var closure = new ExpressionClosure(model, [view.Query]);
        if ((closure.Obstacle ?? (closure.BodyReads is { } read ? $"a function that it calls reads {read}" : null)) is { } obstacle)
            return NotJudged(obstacle);
        if (view.Commands != "r" && (model.Catalog.Triggers[view.View.Oid].Any() || model.Catalog.RewriteRules.Any(rule => rule.Relation == view.View.Oid)))
            return NotJudged("it is written by triggers or rules");
        var query = new QueryReader(model, Resolve);
        try
        {
            query.Read(SqlText.Of(view.Query));
        }
        catch (UnreadableQueryException fault)
        {
            return NotJudged(fault.Message);
        }

        var judged = await judge.JudgeAsync(query, role, RoleFacts.Of(model, view.View.Owner), view, true, false, cancellationToken).ConfigureAwait(false);
        return judged.Verdict == PolicyVerdict.Safe && !view.IsBarrier
            ? NotJudged("its condition holds rows to the tenant, but without security_barrier a condition of whoever asks may be evaluated first, "
                + "on rows of other tenants, and its error tells their values")
            : judged;
    }

    private static Judged NotJudged(string reason) => new(PolicyVerdict.NotJudged, reason);

    private Relation Resolve(string? schema, string name) => model.Catalog.Relations.Values.FirstOrDefault(relation => schema is not null
        && relation.Name == $"{Identifier.Quote(schema)}.{Identifier.Quote(name)}")
        ?? throw new UnreadableQueryException($"it reads {name}, which is no table of the schemas that are looked at");
}
