using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Judging.Queries;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// Judges every tenant table and every child table for every role of the app. Tables with the same policies and the same columns are judged once.
/// </summary>
internal sealed class PolicyJudging
{
    private readonly DatabaseModel _model;
    private readonly JudgingFacts _facts;
    private readonly TableJudge _judge;
    private readonly CancellationToken _cancellationToken;
    private readonly Dictionary<(uint Table, uint Role), Judged> _done = [];
    private readonly Dictionary<string, Judged> _byShape = [];

    private PolicyJudging(DatabaseModel model, JudgingFacts facts, SessionPool sessions, ContextReader contexts, FittingValues values,
        CancellationToken cancellationToken)
    {
        (_model, _facts, _cancellationToken) = (model, facts, cancellationToken);
        _judge = new(model, facts, sessions, contexts, values, JudgeOnceAsync);
    }

    /// <param name="connection">Of the audit: reads the catalog, and tries which values fit a type.</param>
    /// <param name="model">What the catalog says.</param>
    /// <param name="open">Opens a connection for the sessions of the roles.</param>
    /// <param name="isOwn">Whether these connections are new, rather than of a pool.</param>
    /// <param name="cancellationToken">Cancels the judging.</param>
    internal static async Task<IReadOnlyList<PolicyJudgement>> RunAsync(NpgsqlConnection connection, DatabaseModel model,
        Func<CancellationToken, ValueTask<NpgsqlConnection>> open, bool isOwn, CancellationToken cancellationToken)
    {
        var closure = new ExpressionClosure(model, model.Inlined.Expressions);
        var definers = DefinerJudge.Candidates(model);
        var views = await ViewFacts.ReadAsync(connection, model, cancellationToken).ConfigureAwait(false);
        var external = definers.SelectMany(function => DefinerJudge.ClosureOf(model, function).External).Union(closure.External)
            .Union(new ExpressionClosure(model, views.Select(view => view.Query)).External).ToList();
        var facts = await JudgingFactsReader.ReadAsync(connection, model, external, cancellationToken).ConfigureAwait(false);
        var contexts = new ContextReader(connection, model, facts, closure.Settings);
        await contexts.RequireAsync(cancellationToken).ConfigureAwait(false);
        var sessions = new SessionPool(open, isOwn, model, facts);
        await using var _ = sessions.ConfigureAwait(false);
        var values = new FittingValues(async (sql, token) =>
        {
            var command = new NpgsqlCommand(sql, connection);
            await using var __ = command.ConfigureAwait(false);
            await command.ExecuteNonQueryAsync(token).ConfigureAwait(false);
        });
        var judging = new PolicyJudging(model, facts, sessions, contexts, values, cancellationToken);
        var judgements = new List<PolicyJudgement>();
        foreach (var table in model.TenantTables.Concat(model.ChildTables).OrderBy(table => table.Name, StringComparer.Ordinal))
        {
            foreach (var role in facts.Roles.Values.OrderBy(role => role.Name, StringComparer.Ordinal))
            {
                var judged = await judging.JudgeOnceAsync(table, role).ConfigureAwait(false);
                judgements.Add(new(table.Name, Identifier.Quote(role.Name), judged));
            }
        }
        var judge = new QueryJudge(model, facts, judging._judge);
        var viewJudge = new ViewJudge(model, judge);
        foreach (var view in views)
        {
            var judged = await TriedAsync(() => viewJudge.JudgeAsync(view, facts.Roles[view.Role], cancellationToken)).ConfigureAwait(false);
            judgements.Add(new(view.View.Name, Identifier.Quote(facts.Roles[view.Role].Name), judged)
            {
                ReadsContext = ReadsContext(model, new(model, [view.Query])),
            });
        }
        var (definerJudge, queryJudge) = (new DefinerJudge(model, facts), new DefinerQueryJudge(model, facts, judge));
        foreach (var function in definers)
        {
            var judgement = definerJudge.Judge(function);
            if (judgement.Verdict == PolicyVerdict.NotJudged)
            {
                var judged = await TriedAsync(() => queryJudge.JudgeAsync(function, cancellationToken)).ConfigureAwait(false);
                judgement = new(function.Signature, judgement.Role, judged) { ReadsContext = ReadsContext(model, DefinerJudge.ClosureOf(model, function)) };
            }
            judgements.Add(judgement);
        }
        return judgements;
    }

    /// <summary>By name, also within a string that is run as SQL; or a setting whose name is computed.</summary>
    private static bool ReadsContext(DatabaseModel model, ExpressionClosure closure) => closure.HasComputedSetting
        || model.Context.Settings.Append(model.Context.TenantSetting)
            .Any(setting => closure.Texts.Any(text => text.Text.Contains(setting, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The tables that a policy reads are judged first.</summary>
    private async Task<Judged> JudgeOnceAsync(Relation table, RoleFacts role)
    {
        if (_done.TryGetValue((table.Oid, role.Oid), out var judgement))
            return judgement;
        var keys = _model.OwnerKeysOf(table.Oid);
        foreach (var each in keys.Count == 0 ? [role] : _facts.Roles.Values)
            _done[(table.Oid, each.Oid)] = new(PolicyVerdict.NotJudged, "its policies read a table whose policies read it");
        if (keys.Count == 0)
            _done[(table.Oid, role.Oid)] = await JudgeAsync(table, null, role).ConfigureAwait(false);
        else
            await JudgeChildAsync(table, keys).ConfigureAwait(false);
        return _done[(table.Oid, role.Oid)];
    }

    /// <summary>
    /// One foreign key says whose the rows of a child table are, the same for all roles; others refer to what the row is about. Which one it is, is not
    /// written down anywhere: it is the one by which the policies do best.
    /// </summary>
    private async Task JudgeChildAsync(Relation table, IReadOnlyList<ForeignKey> keys)
    {
        List<(RoleFacts Role, Judged Judged)>? best = null;
        foreach (var key in keys)
        {
            var judged = new List<(RoleFacts Role, Judged Judged)>();
            foreach (var role in _facts.Roles.Values)
                judged.Add((role, await JudgeAsync(table, key, role).ConfigureAwait(false)));
            if (best is null || Rank(judged) < Rank(best))
                best = judged;
        }
        foreach (var (role, judged) in best!)
            _done[(table.Oid, role.Oid)] = judged;

        static int Rank(List<(RoleFacts Role, Judged Judged)> judged) => judged.Max(item => item.Judged.Verdict switch
        {
            PolicyVerdict.Hole => 2,
            PolicyVerdict.NotJudged => 1,
            _ => 0,
        });
    }

    private async Task<Judged> JudgeAsync(Relation table, ForeignKey? through, RoleFacts role)
    {
        var commands = _facts.Commands.GetValueOrDefault((table.Oid, role.Oid), "");
        if (commands.Length == 0)
            return new(PolicyVerdict.Closed, "the role has no privilege");
        if (role.ExemptionFrom(table) is { } exemption)
            return new(PolicyVerdict.Hole, exemption);
        var predicates = CommandPredicates.Compose(_model.Inlined.Of(table.Oid), role.Applies, commands);
        if (predicates.Expressions.Count == 0)
            return new(PolicyVerdict.Closed, "no permissive policy allows the role what it has a privilege for");
        var shape = Shape(table, through, role, predicates);
        if (_byShape.TryGetValue(shape, out var judged))
            return judged;
        return _byShape[shape] = await TriedAsync(() => _judge.JudgeAsync(table, through, role, predicates, _cancellationToken)).ConfigureAwait(false);
    }

    private static async Task<Judged> TriedAsync(Func<Task<Judged>> judge)
    {
        try
        {
            return await judge().ConfigureAwait(false);
        }
        catch (UnsetUnknownException fault)
        {
            return new(PolicyVerdict.NotJudged, fault.Message);
        }
    }

    /// <summary>All that the verdict depends on. A table that its own policies name, or whose policies read others, is like no other.</summary>
    private string Shape(Relation table, ForeignKey? through, RoleFacts role, CommandPredicates predicates)
    {
        var facts = _facts.Tables[table.Oid];
        var key = through?.Name ?? _model.TenantColumnOf(table).Name;
        var isAlone = through is not null || predicates.Expressions.Any(item => item.Expression.Contains(table.PlainName, StringComparison.Ordinal))
            || _model.Inlined.Of(table.Oid).Any(policy => policy.Reads.Length > 0 || policy.Inlined.Count > 0);
        return string.Join('\u0001',
        [
            isAlone ? table.Name : "", role.Name, key, .. predicates.Expressions.Select(item => $"{item.Command}:{item.Expression}"), .. facts.Checks,
            .. facts.Columns.Where(column => column.Name == key || column.NeedsValue || Matters(column, predicates, facts))
                .Select(column => $"{column} {string.Join(',', column.Labels)}"),
        ]);
    }

    private static bool Matters(ColumnFacts column, CommandPredicates predicates, TableFacts facts) => facts.Columns.Any(other => other.Generated is not null)
        || predicates.Expressions.Any(item => item.Expression.Contains(column.Name, StringComparison.Ordinal))
        || facts.Checks.Any(check => check.Contains(column.Name, StringComparison.Ordinal));
}
