using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// A SECURITY DEFINER function that is one SELECT from one tenant table shows what its WHERE lets pass, as a view does. Whoever calls it chooses the arguments:
/// it is judged with NULL, with the ids of both tenants and with the literals of the function for each parameter, and safe only where it is with all of them.
/// </summary>
internal sealed class DefinerQueryJudge(DatabaseModel model, JudgingFacts facts, TableJudge judge)
{
    private const int MostCalls = 64;

    /// <summary>Null where the function is of another form.</summary>
    internal async Task<Judged?> JudgeAsync(Function function, CancellationToken cancellationToken)
    {
        if (function is not { Language: "sql", ParameterTypes: { } types } || types.Select(type => Candidates(function, type)).ToList() is var pools
            && (pools.Exists(pool => pool.Count == 0) || !Combinations.AreFew(pools, MostCalls)))
        {
            return null;
        }

        var proofs = new List<Judged>();
        foreach (var arguments in Combinations.Of(pools))
        {
            if (ConditionOf(function, arguments) is not var (table, condition))
                return null;
            foreach (var role in facts.Roles.Values.Where(role => MayCall(function, role)))
            {
                var predicates = CommandPredicates.OfView(condition, "true", "r");
                var judged = predicates.Expressions.Count == 0 ? new(PolicyVerdict.Closed, "its condition lets nothing pass")
                    : await judge.JudgeAsync(table, null, role, predicates, cancellationToken).ConfigureAwait(false);
                if (judged.Verdict == PolicyVerdict.Hole)
                    return new(PolicyVerdict.Hole, $"called with ({string.Join(", ", arguments)}), {judged.Reason}");
                // An argument may keep the own row out, too: what matters is that no other row passes, and that with some arguments the own one does.
                if (judged.SharedRows.Count > 0 || judged.Verdict == PolicyVerdict.NotJudged)
                    return new(PolicyVerdict.NotJudged, judged.Reason);
                proofs.Add(judged);
            }
        }
        return proofs.Find(proof => proof.Verdict == PolicyVerdict.Safe) is { } safe ? new(PolicyVerdict.Safe, safe.Reason) : null;
    }

    private bool MayCall(Function function, RoleFacts role) =>
        model.Catalog.Grants[(GrantKind.Function, function.Oid)].Any(grant => role.Applies(grant.Grantee));

    /// <summary>Empty where no value of the type is known that could stand for all others.</summary>
    private List<string> Candidates(Function function, string type)
    {
        var texts = ValueFamilies.Of(type) switch
        {
            ValueFamily.Uuid => [SampleIds.OwnTenant(ValueFamily.Uuid), SampleIds.OtherTenants(ValueFamily.Uuid)[0]],
            ValueFamily.Integer => [SampleIds.OwnTenant(ValueFamily.Integer), SampleIds.OtherTenants(ValueFamily.Integer)[0], "7"],
            ValueFamily.Text => SampleIds.Families.SelectMany(family => (string[])[SampleIds.OwnTenant(family), SampleIds.OtherTenants(family)[0]])
                .Concat(DefinerJudge.ClosureOf(model, function).Literals.Take(4)),
            _ => type == "boolean" ? (IEnumerable<string>)["true", "false"] : [],
        };
        var values = texts.Distinct().Select(text => $"{Identifier.Literal(text)}::{type}").ToList();
        // Without parentheses: LIKE (..) would look like a call.
        return values.Count == 0 ? values : [$"NULL::{type}", .. values];
    }

    /// <summary>What stands behind WHERE, with the table's name in the place of its alias. Null for another form.</summary>
    private (Relation Table, string Condition)? ConditionOf(Function function, string[] arguments)
    {
        // With the owner's rights it must not ask who runs it; written with the caller's, the text is one that PostgreSQL understands.
        if (FunctionQuery.Read(model, function, function.Owner, arguments).Obstacle is not null
            || FunctionQuery.Read(model, function, 0, arguments) is not { Obstacle: null, Tables: [var table] } query || !model.IsTenantTable(table.Oid))
        {
            return null;
        }

        var text = SqlText.Of(query.Sql);
        var closure = new ExpressionClosure(model, [query.Sql]);
        if (closure.Obstacle is not null || closure.BodyReads is not null || TableReferences.AllIn(text).Count() != 1
            || closure.External.Any(name => !facts.PureFunctions.Contains(name)) || text.Split("FROM") is not [_, var from])
        {
            return null;
        }

        if (from.Split("WHERE") is not [_, var rest])
            return (table, "true");
        var condition = SqlText.Of(rest.Slice(0, CanonicalQuery.EndOfCondition(rest)).Text);
        return (table, TableUse.WithoutAlias(condition, Identifier.Quote(query.Aliases.Single()), table));
    }
}
