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
    private readonly string _key;
    private readonly int _level;
    private readonly string _own;
    private readonly string _settings;
    private readonly bool _readsTenant;
    private readonly IReadOnlyList<SettingState> _states;
    private readonly IReadOnlyList<BooleanExpression> _trees;
    private readonly Dictionary<string, Comparison> _comparisons = new(StringComparer.Ordinal);
    private readonly List<Evaluator> _evaluators = [];

    internal FamilyJudge(DatabaseModel model, JudgingFacts facts, SessionPool sessions, FittingValues values, Relation table, RoleFacts role,
        CommandPredicates predicates, ExpressionClosure closure, RelatedTables related, IReadOnlySet<uint> safe, ValueFamily family, TenantContexts contexts, IReadOnlyList<SettingState> states)
    {
        (_model, _judgingFacts, _sessions, _values, _table, _role) = (model, facts, sessions, values, table, role);
        (_predicates, _closure, _related, _safe, _family) = (predicates, closure, related, safe, family);
        _facts = facts.Tables[table.Oid];
        _key = model.TenantColumnOf(table).Name;
        _level = model.LevelOf(table);
        _own = SampleIds.OwnTenant(family, _level);
        _settings = contexts.TenantSettings.Count == 0 ? model.Context.TenantSetting : string.Join(" or ", contexts.TenantSettings);
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
        var elsewhere = Enumerable.Range(0, _model.Context.LevelCount).Where(level => level != _level).Select(level => SampleIds.OwnTenant(_family, level));
        var sampler = new RowSampler(_facts, _table.PlainName, _key, _closure, _values, [.. elsewhere]);
        var sample = await sampler.MakeAsync(texts, _own, SampleIds.OtherTenants(_family), solved, cancellationToken).ConfigureAwait(false);
        var rows = await AcceptedAsync(sample, cancellationToken).ConfigureAwait(false);
        if (rows.Count == 0)
            return new(PolicyVerdict.NotJudged, "no made-up row meets the CHECKs of the table");

        var evaluator = NewEvaluator(_table, rows);
        var observed = new Observations(_key, _own, _settings, _readsTenant, standing.Count > 0, _closure.Literals, _predicates,
            _model.Context.IsGiven, _table.Oid == _model.Members?.Table.Oid ? _model.Members.User.Name : null);
        string[] expressions = [.. _predicates.Expressions.Select(item => item.Expression).Distinct()];
        string[] atoms = [.. _comparisons.Where(item => item.Value.Column == _key).Select(item => item.Key).Except(expressions)];
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
            return new(PolicyVerdict.Hole, hole);
        if (_evaluators.Find(used => !used.IsComplete) is { } unfinished)
            return new(PolicyVerdict.NotJudged, $"the server gave up on the evaluation of some rows ({unfinished.MostCommonError})");
        var missing = _predicates.Expressions.Select(item => item.Command).Where(command => !observed.Controlled.Contains(command)).ToList();
        if (missing.Count > 0 && !_readsTenant && observed.Shared.Count > 0 && _predicates.IsReadOnly)
            return Prove(observed); // a role for one fixed tenant, such as a demo
        if (missing.Count > 0 && !_readsTenant && standing.Count == 0)
            return new(PolicyVerdict.NotJudged, $"it does not read {_settings}: name the setting that says who the tenant is, or the context");
        if (missing.Count > 0)
        {
            return new(PolicyVerdict.NotJudged, $"the tenant's own row was never seen to pass {string.Join(", ", missing)}"
                + (evaluator.MostCommonError is { } error ? $" ({error})" : ""));
        }
        return Prove(observed);
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

    /// <summary>A row of another tenant cannot pass where some equality with the setting must hold, whatever everything else is.</summary>
    private Judged Prove(Observations observed)
    {
        var isNeverNull = _facts[_key].NotNull;
        var atoms = _trees.SelectMany(tree => tree.Atoms).ToList();
        var neverTrue = new HashSet<string>(StringComparer.Ordinal);
        var neverFalse = new HashSet<string>(StringComparer.Ordinal);
        // Whether rows without a tenant pass was seen.
        neverTrue.UnionWith(atoms.Where(atom => atom.Split("IS") is [var column, var rest]
            && rest.Is("NULL") && Comparison.ColumnName(column.Bare(), _table.PlainName) == _key).Select(atom => atom.Text));
        var memberships = new MembershipProof(_model, new(_model, _closure.Settings));
        var handedOn = atoms.Select(atom => (Atom: atom, Source: HandedOn.Read(_model, atom, _table, _key))).Where(item => item.Source is not null).ToList();
        neverTrue.UnionWith(handedOn.Where(item => item.Source!.Owner == 0 && _safe.Contains(item.Source.Table.Oid)).Select(item => item.Atom.Text));
        var ofMembers = handedOn.Where(item => item.Source!.Table.Oid == _model.Members?.Table.Oid && !_related.IsWritable(item.Source.Table)
            && item.Source.Conditions.Any(condition => memberships.IsOfUser(condition, item.Source.Alias, _table))).Select(item => item.Atom.Text).ToList();
        neverTrue.UnionWith(ofMembers);
        var users = _table.Oid == _model.Members?.Table.Oid
            ? atoms.Where(atom => memberships.IsOfUser(atom, _table.PlainName, _table)).Select(atom => atom.Text).ToHashSet() : [];
        foreach (var (atom, comparison) in _comparisons.Where(item => item.Value.Column == _key && IsExact(item.Value)))
        {
            if (comparison.Operator is "=" or Comparison.In && !observed.IsTrueOfOthers(atom))
                neverTrue.Add(atom);
            else if ((comparison.Operator == "<>" || (comparison.Operator == Comparison.Distinct && isNeverNull)) && !comparison.IsList
                && !observed.IsFalseOfOthers(atom))
            {
                neverFalse.Add(atom);
            }
        }

        var ofUser = neverTrue.Union(users).ToHashSet();
        if (_trees.Where((tree, i) => tree.CanBe(true, _predicates.Expressions[i].Command == "SELECT" ? ofUser : neverTrue, neverFalse)).Any())
        {
            return new(PolicyVerdict.NotJudged, $"no row of another tenant was seen to pass, and it was not proved that none can: "
                + $"not every way to pass needs {_key} to equal what the setting carries");
        }

        var shared = observed.Shared is { Count: > 0 } keys ? $"; rows whose {_key} is {string.Join(", ", keys)} can be read by every tenant" : "";
        if (observed.HasMemberships)
            shared += "; memberships can be read by their user";
        if (observed.EmptyIsTenant)
            shared += $"; rows whose {_key} is '' belong to whoever sets no tenant";
        return new(PolicyVerdict.Safe, $"proved: every way to pass needs {_key} to equal {Needed(ofMembers.Count > 0)}{shared}")
        {
            HasSharedRows = observed.Shared.Count > 0,
        };
    }

    private string Needed(bool byMembership) => string.Join(" or ", new[]
    {
        _readsTenant ? "what the setting carries" : null, byMembership ? $"the tenant of a membership of the user in {_model.Members!.Table.Name}" : null,
    }.OfType<string>().DefaultIfEmpty(_related.All.Any() ? "the tenant of a row that the role sees" : "a fixed id"));

    /// <summary>The column as it is, or cast without loss, and a value that hands on the setting.</summary>
    private bool IsExact(Comparison comparison)
    {
        var column = _facts[comparison.Column];
        var isLossless = comparison.Cast is null || comparison.Cast == column.Type
            || (column.Family, comparison.Cast) is (ValueFamily.Uuid or ValueFamily.Integer, "text" or "character varying")
                or (ValueFamily.Integer, "bigint" or "numeric")
            || (column.Base is "text" or "character varying" && comparison.Cast is "text" or "character varying");
        return isLossless && column.IsDeterministic && !comparison.IsForAll && column.Base != "character"
            && column.Family != ValueFamily.Other && new SimpleExpression(_model, _closure.Settings).IsSimple(comparison.Other);
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
