using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Judging.Queries;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// A SECURITY DEFINER function shows and writes what its queries let pass, whatever its arguments and variables are. Whoever calls it chooses the arguments: a
/// hole is looked for with NULL, with the ids of both tenants and with the literals of the function for each of them.
/// </summary>
internal sealed class DefinerQueryJudge(DatabaseModel model, JudgingFacts facts, QueryJudge judge)
{
    private const int MostCalls = 64;

    internal async Task<Judged> JudgeAsync(Function function, CancellationToken cancellationToken)
    {
        try
        {
            return Obstacle(function) is { } obstacle ? NotJudged(obstacle) : await JudgeBodyAsync(function, cancellationToken).ConfigureAwait(false);
        }
        catch (UnreadableQueryException fault)
        {
            return NotJudged(fault.Message);
        }
    }

    private async Task<Judged> JudgeBodyAsync(Function function, CancellationToken cancellationToken)
    {
        var body = new FunctionBody(model, function);
        var judged = await JudgeAsync(function, body, [], cancellationToken).ConfigureAwait(false);
        if (judged.Verdict == PolicyVerdict.Safe && new ArgumentUse(model, facts, new(model)).FindLeak(body.Read([]).Query) is { } leak)
            return NotJudged($"an argument may make this fail before the filter, on rows of other tenants, and the error tells their values: {leak}");
        var pools = function.Inputs.Select(input => Candidates(function, input.Type)).ToList();
        if (judged.Verdict != PolicyVerdict.NotJudged || pools.Count == 0 || !Combinations.AreFew(pools, MostCalls))
            return judged;
        foreach (var arguments in Combinations.Of(pools))
        {
            var called = await JudgeAsync(function, body, arguments, cancellationToken).ConfigureAwait(false);
            if (called.Verdict == PolicyVerdict.Hole)
                return new(PolicyVerdict.Hole, $"called with ({string.Join(", ", arguments)}), {called.Reason}");
        }
        return judged;
    }

    /// <summary>The worst verdict of all roles that may call it. No arguments: any.</summary>
    private async Task<Judged> JudgeAsync(Function function, FunctionBody body, string[] arguments, CancellationToken cancellationToken)
    {
        var (query, isCertain) = body.Read(arguments);
        Judged? worst = null;
        foreach (var role in facts.Roles.Values.Where(role => MayCall(function, role)))
        {
            var judged = await judge.JudgeAsync(query, role, RoleFacts.Of(model, function.Owner), null, isCertain, true, cancellationToken)
                .ConfigureAwait(false);
            if (judged.Verdict is PolicyVerdict.Hole or PolicyVerdict.NotJudged)
                return judged;
            worst = worst is null || judged.Verdict == PolicyVerdict.Safe ? judged : worst;
        }
        return worst is null ? NotJudged("no role of the app may call it by itself") : new(PolicyVerdict.Safe, worst.Reason);
    }

    private string? Obstacle(Function function)
    {
        if (function.Returns is "trigger" or "event_trigger")
            return "it is run by a trigger";
        if (!function.PinsSearchPath && !function.StandardBody && function.SearchPath is not [])
            return "its caller's search path decides what its names mean";
        var closure = DefinerJudge.ClosureOf(model, function);
        if (closure.Obstacle is { } obstacle)
            return obstacle;
        if (facts.HasRedefinedOperator && !function.StandardBody)
            return "the database has operators in the place of PostgreSQL's own, which it may use";
        if (SqlBody.WithoutComments(function.Body) is { } body && new ExpressionClosure(model, [body]).BodyReads is { } read)
            return $"a function that it calls reads {read}";
        if (closure.External.FirstOrDefault(name => !facts.PureFunctions.Contains(name) && name.Name != "values") is { Name: not null } unknown)
            return $"it calls {unknown.Name}, of which it is not known what it does";
        return FunctionForm.AsksWhoRuns(closure) ? "it asks who runs it" : null;
    }

    private static Judged NotJudged(string reason) => new(PolicyVerdict.NotJudged, reason);

    private bool MayCall(Function function, RoleFacts role) =>
        model.Catalog.Grants[(GrantKind.Function, function.Oid)].Any(grant => role.Applies(grant.Grantee));

    /// <summary>Of a type for which no value is known that could be a tenant: any.</summary>
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
        return values.Count == 0 ? [ColumnResolver.Unknown] : [$"NULL::{type}", .. values];
    }
}
