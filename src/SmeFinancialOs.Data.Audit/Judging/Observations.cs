namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>What was seen of the rows in all states: which foreign rows pass, and whether the own one does.</summary>
internal sealed class Observations(string key, string own, string tenantSettings, bool readsTenant, bool readsTables, IReadOnlyList<string> literals,
    CommandPredicates predicates, bool isContextGiven, string? userColumn)
{
    private readonly List<Witness> _witnesses = [];
    private readonly HashSet<(string, string?, string)> _seen = [];
    private readonly Dictionary<string, HashSet<string?>> _trueOfOthers = [];
    private readonly HashSet<string> _falseOfOthers = [];

    /// <summary>The commands that the own row was seen to pass.</summary>
    public HashSet<string> Controlled { get; } = [];

    /// <summary>A user reads its memberships, also those in other tenants.</summary>
    public bool HasMemberships { get; private set; }

    /// <summary>Whoever reads the setting after it has ended is a tenant with the id ''.</summary>
    public bool EmptyIsTenant { get; private set; }

    /// <summary>The keys of rows that every tenant reads and none writes: NULL, or a literal of the policy.</summary>
    public IReadOnlyList<string> Shared => [.. SharedWitnesses().Select(witness => witness.Row.Key is { } id ? $"'{id}'" : "NULL").Distinct()];

    /// <summary>The worst hole that is no shared row; null when there is none.</summary>
    public string? Hole
    {
        get
        {
            var holes = _witnesses.Except(SharedWitnesses()).ToList();
            if (holes.Count == 0)
                return null;
            var worst = holes.OrderBy(hole => hole.After is not null).ThenBy(hole => hole.State.Set.Count()).ThenBy(hole => hole.IsFixed)
                .ThenBy(hole => SampleIds.IsSpelling(hole.Row.Key)).First();
            return $"{Kind(worst, holes)}: {worst}; commands: {string.Join(", ", holes.Select(hole => hole.Command).Distinct())}";
        }
    }

    public bool IsTrueOfOthers(string atom) =>
        _trueOfOthers.TryGetValue(atom, out var keys) && keys.Except(SharedWitnesses().Select(witness => witness.Row.Key)).Any();

    public bool IsFalseOfOthers(string atom) => _falseOfOthers.Contains(atom);

    public void Add(SettingState state, IReadOnlyList<SampleRow> rows, IReadOnlyDictionary<string, Truth[]> answers, string? after = null)
    {
        foreach (var (expression, truths) in answers)
        {
            for (var i = 0; i < truths.Length; i++)
            {
                if (IsOwn(rows[i].Key, state))
                    continue;
                if (truths[i] == Truth.True)
                    (_trueOfOthers.TryGetValue(expression, out var keys) ? keys : _trueOfOthers[expression] = []).Add(rows[i].Key);
                else if (truths[i] == Truth.False)
                    _falseOfOthers.Add(expression);
            }
        }

        foreach (var (command, expression) in predicates.Expressions)
        {
            // A row is updated only where its new row passes, too: in this state some row has to pass either.
            if (predicates.OtherHalf(command) is { } half && !answers[half].Contains(Truth.True))
                continue;
            for (var i = 0; i < rows.Count; i++)
            {
                if (answers[expression][i] == Truth.True)
                    Note(command, rows[i], state, after);
            }
        }
    }

    private void Note(string command, SampleRow row, SettingState state, string? after)
    {
        if (command == "SELECT" && IsOwnMembership(row, state))
        {
            HasMemberships = true;
            if (row.Key == own && after is null)
                Controlled.Add(command);
            return;
        }

        if (IsOwn(row.Key, state))
        {
            if ((readsTenant || readsTables) && row.Key == own && after is null)
                Controlled.Add(command);
            EmptyIsTenant |= row.Key is "";
        }
        else if (_seen.Add((command, row.Key, after + string.Join(',', state.Values.Values.Select(value => value.Kind)))))
        {
            _witnesses.Add(new(command, row, state, row.Key is null || literals.Contains(row.Key), after));
        }
    }

    /// <summary>In the table of memberships: the row of the user that a setting names.</summary>
    private bool IsOwnMembership(SampleRow row, SettingState state) => userColumn is not null && row.Values.GetValueOrDefault(userColumn) is { } user
        && state.Carries(user);

    /// <summary>Of the tenant whose id the tenant's setting has, or another setting where the host has said no more than the setting's name.</summary>
    private bool IsOwn(string? id, SettingState state)
    {
        if (id is null)
            return false;
        if (readsTables && id == own && state.HasOwn)
            return true; // a member, by what the table says
        if (!readsTenant)
            return !isContextGiven && state.Carries(id);
        return state.TenantKind == ValueKind.Own ? id == own : state.NamesTenant(id);
    }

    private IEnumerable<Witness> SharedWitnesses()
    {
        var written = _witnesses.Where(witness => witness.IsFixed && witness.Command != "SELECT").Select(witness => witness.Row.Key).ToHashSet();
        var readByOwn = _witnesses.Where(witness => witness.IsFixed && witness.Command == "SELECT" && witness.State.TenantKind == ValueKind.Own)
            .Select(witness => witness.Row.Key).ToHashSet();
        return _witnesses.Where(witness => witness.IsFixed && witness.Command == "SELECT" && readByOwn.Contains(witness.Row.Key)
            && !written.Contains(witness.Row.Key));
    }

    private string Kind(Witness worst, List<Witness> holes)
    {
        var flags = worst.State.Values.Where(item => item.Value.Kind == ValueKind.Flag).Select(item => item.Key).ToList();
        if (holes.All(hole => SampleIds.IsSpelling(hole.Row.Key)))
            return $"{key} is compared without regard to case or accents";
        if (worst.After is not null)
            return "a tenant can insert what the policy trusts, and then a row of another tenant passes";
        if (flags.Count > 0)
            return $"any SQL can set {string.Join(", ", flags)}, and then a row of another tenant passes";
        if (!readsTenant)
            return $"it does not depend on {tenantSettings}, and a row of another tenant passes";
        return worst.State.TenantKind switch
        {
            ValueKind.Unset => "when no tenant is set, a row passes",
            ValueKind.Empty => "when the tenant's setting has ended and reads '', a row passes",
            ValueKind.Malformed => "when the tenant's setting holds no id, a row passes",
            _ when worst.IsFixed => "the rows of a fixed tenant pass for every tenant",
            _ => "a row of another tenant passes",
        };
    }
}
