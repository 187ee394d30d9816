using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>Evaluates the policies of a table for a role, with ids of one family.</summary>
internal sealed class FamilyJudge
{
    /// <summary>An expression that reads many settings has more states than can be evaluated in a reasonable time.</summary>
    private const int MostStates = 1000;

    private readonly DatabaseModel _model;
    private readonly JudgingFacts _judgingFacts;
    private readonly SessionPool _sessions;
    private readonly FittingValues _values;
    private readonly Relation _table;
    private readonly RoleFacts _role;
    private readonly CommandPredicates _predicates;
    private readonly ExpressionClosure _closure;
    private readonly RelatedTables _related;
    private readonly IReadOnlySet<uint> _safe;
    private readonly ValueFamily _family;
    private readonly TableFacts _facts;
    private readonly RowOwner _owner;
    private readonly string _own;
    private readonly string _settings;
    private readonly bool _readsTenant;
    private readonly IReadOnlyList<SettingState> _states;
    private readonly IReadOnlyList<BooleanExpression> _trees;
    private readonly Dictionary<string, Comparison> _comparisons = new(StringComparer.Ordinal);
    private readonly List<Evaluator> _evaluators = [];

    internal FamilyJudge(DatabaseModel model, JudgingFacts facts, SessionPool sessions, FittingValues values, Relation table, RoleFacts role,
        CommandPredicates predicates, ExpressionClosure closure, RelatedTables related, IReadOnlySet<uint> safe, RowOwner owner, ValueFamily family,
        TenantContexts contexts, IReadOnlyList<SettingState> states)
    {
        (_model, _judgingFacts, _sessions, _values, _table, _role) = (model, facts, sessions, values, table, role);
        (_predicates, _closure, _related, _safe, _family) = (predicates, closure, related, safe, family);
        _facts = facts.Tables[table.Oid];
        _owner = owner;
        _own = SampleIds.OwnTenant(family, owner.Level);
        _settings = contexts.TenantSettings is { Count: > 0 } tenant ? string.Join(" or ", tenant) : model.Context.Source;
        _readsTenant = contexts.TenantSettings.Any(closure.Settings.Contains);
        _states = states;
        _trees = [.. predicates.Expressions.Select(item => BooleanExpression.Parse(model.Parsed(item.Expression)))];
        var columns = _facts.Columns.Select(column => column.Name).ToHashSet();
        foreach (var atom in _trees.SelectMany(tree => tree.Atoms).DistinctBy(atom => atom.Text))
        {
            if (Comparison.Read(atom, table.PlainName, columns) is { } comparison)
                _comparisons.Add(atom.Text, comparison);
        }
    }

    /// <summary>All tables that its policies read are safe, and show the role one fixed tenant: none of them has to show the own one.</summary>
    internal bool IsOfFixedTenant { get; init; }

    internal async Task<Judged> JudgeAsync(CancellationToken cancellationToken)
    {
        if (_states.Count > MostStates)
            return new(PolicyVerdict.NotJudged, $"it reads {_closure.Settings.Count} settings: too many combinations ({_states.Count}) to be evaluated");
        var relatedRows = new RelatedRows(_model, _judgingFacts, _values, _family, [.. _closure.Literals.Where(literal => literal.Any(char.IsLetter))]);
        var standing = new Dictionary<uint, List<SampleRow>>();
        foreach (var related in _related.All)
            standing[related.Oid] = await relatedRows.StandingAsync(related, cancellationToken).ConfigureAwait(false);
        var substitution = new TableSubstitution(_model, _judgingFacts, _related, standing);
        var solved = await SolveAsync(substitution, cancellationToken).ConfigureAwait(false);
        var texts = _predicates.Expressions.Select(item => _model.Parsed(item.Expression)).ToList();
        string[] elsewhere = [.. Enumerable.Range(0, _model.Context.LevelCount).Where(level => level != _owner.Level)
            .Select(level => SampleIds.OwnTenant(_family, level))];
        var keys = await KeysAsync(relatedRows, elsewhere, solved, cancellationToken).ConfigureAwait(false);
        if (keys.Count == 0)
            return new(PolicyVerdict.NotJudged, $"no ids can be made up for {_owner.Text} that tell the parents of two tenants apart");
        var sampler = new RowSampler(_facts, _table.PlainName, keys, _closure, _values, elsewhere);
        var sample = await sampler.MakeAsync(texts, _own, solved, cancellationToken).ConfigureAwait(false);
        var rows = await AcceptedAsync(sample, cancellationToken).ConfigureAwait(false);
        if (rows.Count == 0)
            return new(PolicyVerdict.NotJudged, "no made-up row meets the CHECKs of the table");

        var evaluator = NewEvaluator(_table, rows);
        var observed = new Observations(_owner.Text, _own, _settings, _readsTenant, standing.Count > 0,
            _owner.Parent is null ? _closure.Literals : [], _predicates,
            _model.Context.IsGiven, _table.Oid == _model.Members?.Table.Oid ? _model.Members.User.Name : null);
        string[] expressions = [.. _predicates.Expressions.Select(item => item.Expression).Distinct()];
        string[] atoms = [.. _comparisons.Where(item => _owner.Parent is null && item.Value.Column == _owner.Columns[0])
            .Select(item => item.Key).Except(expressions)];
        foreach (var state in _states)
        {
            var answers = await evaluator.EvaluateAsync([.. expressions, .. atoms], text => substitution.Of(text), state, cancellationToken)
                .ConfigureAwait(false);
            observed.Add(state, rows, answers);
        }

        foreach (var related in _related.All)
        {
            if (_related.InsertedWhen(related) is not { } condition)
                continue;
            var intruding = await relatedRows.IntrudingAsync(related, standing[related.Oid], cancellationToken).ConfigureAwait(false);
            if (intruding.Count > 0)
            {
                await IntrudeAsync(related, condition, intruding, substitution, evaluator, observed, expressions, rows, cancellationToken)
                    .ConfigureAwait(false);
            }
        }

        if (observed.Hole is { } hole)
            return new(PolicyVerdict.Hole, _owner.Parent is { } parent ? $"{hole}; a row belongs to the tenant of its {parent.Name}, by {_owner.Text}" : hole);
        if (_evaluators.Find(used => !used.IsComplete) is { } unfinished)
            return new(PolicyVerdict.NotJudged, $"the server gave up on the evaluation of some rows ({unfinished.MostCommonError})");
        var proof = new TenantProof(_model, _facts, _table, _owner, _predicates, _closure, _related, _safe, _readsTenant);
        var missing = _predicates.Expressions.Select(item => item.Command).Where(command => !observed.Controlled.Contains(command)).ToList();
        if (missing.Count > 0 && !_readsTenant && _predicates.IsReadOnly
            && (observed.Shared.Count > 0 || IsOfFixedTenant))
            return proof.Judge(_trees, _comparisons, observed); // a role for one fixed tenant, such as a demo
        if (missing.Count > 0 && !_readsTenant && standing.Count == 0)
            return new(PolicyVerdict.NotJudged, $"it does not read {_settings}: name the setting that says who the tenant is, or the context");
        if (missing.Count > 0)
        {
            return new(PolicyVerdict.NotJudged, $"the tenant's own row was never seen to pass {string.Join(", ", missing)}"
                + (evaluator.MostCommonError is { } error ? $" ({error})" : ""));
        }
        return proof.Judge(_trees, _comparisons, observed);
    }

    private async Task<IReadOnlyList<SampleKey>> KeysAsync(RelatedRows relatedRows, string[] elsewhere, IReadOnlyDictionary<string, HashSet<string>> solved,
        CancellationToken cancellationToken)
    {
        var made = new SampleKeys(_facts, _owner, _values);
        var found = _owner.Columns.SelectMany(column => solved.GetValueOrDefault(column, []));
        if (_owner.Parent is null)
        {
            return await made.OfColumnAsync([_own, .. SampleIds.OtherTenants(_family), .. elsewhere, .. _closure.Literals, .. found], cancellationToken)
                .ConfigureAwait(false);
        }
        var own = await relatedRows.ParentAsync(_owner, true, cancellationToken).ConfigureAwait(false);
        var other = await relatedRows.ParentAsync(_owner, false, cancellationToken).ConfigureAwait(false);
        // Not the new ids of parents that a tenant may insert: a row that refers to one of these is its own.
        string[] unknown = [.. found.Concat(_closure.Literals).Except(SampleIds.Families.Select(SampleIds.NewEntity).OfType<string>()),
            _own, "7", "44", "x", "00000000-0000-0000-0000-000000000000"];
        return await made.OfParentAsync(own, other, unknown, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// A policy that reads another table is only as good as that table: the app inserts what its policies allow, its own user into another tenant, and
    /// looks again.
    /// </summary>
    private async Task IntrudeAsync(Relation related, string condition, List<SampleRow> intruding, TableSubstitution substitution, Evaluator evaluator,
        Observations observed, string[] expressions, IReadOnlyList<SampleRow> rows, CancellationToken cancellationToken)
    {
        var insertion = NewEvaluator(related, intruding);
        foreach (var state in _states.Where(state => state.HasOwn))
        {
            var accepted = await insertion.EvaluateAsync([condition], text => substitution.Of(text), state, cancellationToken).ConfigureAwait(false);
            var inserted = intruding.Where((_, i) => accepted[condition][i] == Truth.True).ToList();
            if (inserted.Count == 0)
                continue;
            var answers = await evaluator.EvaluateAsync(expressions, text => substitution.Of(text, (related, inserted)), state, cancellationToken)
                .ConfigureAwait(false);
            observed.Add(state, rows, answers, $"{related.Name} has got {inserted[0]} from the app");
        }
    }

    /// <summary>Its verdict counts only where each evaluation was completed.</summary>
    private Evaluator NewEvaluator(Relation table, IReadOnlyList<SampleRow> rows)
    {
        var evaluator = new Evaluator(_sessions, _role, table, _judgingFacts.Tables[table.Oid], rows);
        _evaluators.Add(evaluator);
        return evaluator;
    }

    private async Task<List<SampleRow>> AcceptedAsync(RowSample sample, CancellationToken cancellationToken)
    {
        if (sample.Filter.Count == 0)
            return [.. sample.Rows];
        var evaluator = NewEvaluator(_table, sample.Rows);
        var condition = string.Join(" AND ", sample.Filter);
        var accepted = (await evaluator.EvaluateAsync([condition], text => text, _states[0], cancellationToken).ConfigureAwait(false))[condition];
        return [.. sample.Rows.Where((_, i) => accepted[i] == Truth.True)];
    }

    /// <summary>What the expressions compare columns with, in each state: finds tenants that are computed.</summary>
    private async Task<IReadOnlyDictionary<string, HashSet<string>>> SolveAsync(TableSubstitution substitution, CancellationToken cancellationToken)
    {
        const int most = 12;
        var solved = new Dictionary<string, HashSet<string>>();
        foreach (var (column, query) in _comparisons.Values.Select(comparison => (comparison.Column, comparison.ValuesQuery)).Distinct())
        {
            var found = solved.TryGetValue(column, out var known) ? known : solved[column] = new(StringComparer.Ordinal);
            foreach (var state in query is null ? [] : _states)
            {
                try
                {
                    var answer = await _sessions.QueryAsync<string[]>(_role, state,
                        $"SELECT ({substitution.Of(query!)})", null, null, cancellationToken).ConfigureAwait(false);
                    found.UnionWith((answer[0] ?? []).Where(value => value is not null).Take(most));
                }
                catch (PostgresException)
                {
                    // in this state there is no value
                }
                if (found.Count >= most)
                    break;
            }
        }
        return solved;
    }
}
