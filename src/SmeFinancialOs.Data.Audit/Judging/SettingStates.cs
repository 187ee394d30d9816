namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>The states of the settings that an expression is evaluated in: whatever the app, or SQL that was injected into it, may have set.</summary>
internal sealed class SettingStates
{
    private const int MostCombinations = 80;
    private static readonly string[] Flags = ["true", "on", "1", "t", "yes", "admin"];
    private static readonly string[] Malformed = ["garbage", "%", "_", "null", "{}", "true"];

    private readonly TenantContexts _contexts;
    private readonly ExpressionClosure _closure;
    private readonly string _own;
    private readonly ValueForms _forms;
    private readonly List<string> _others;

    /// <summary>own: the tenant's id.</summary>
    internal SettingStates(TenantContexts contexts, ExpressionClosure closure, ValueForms forms, string own)
    {
        (_contexts, _closure, _forms, _own) = (contexts, closure, forms, own);
        _others = [.. closure.Settings.Except(contexts.TenantSettings)];
    }

    internal IReadOnlyList<SettingState> All()
    {
        var combinations = Combine(_others.ConvertAll(CandidatesFor));
        var nothing = _others.ConvertAll(_ => SettingValue.Unset);
        var own = SampleIds.Families.Select(family => _others.ConvertAll(_ => new SettingValue(ValueKind.Own, SampleIds.OwnEntity(family)))).ToList();
        var states = new List<SettingState>();
        foreach (var (kind, hasUser, tenant) in TenantValues())
        {
            var with = _others.Count == 0 || kind is ValueKind.Unset or ValueKind.Own ? combinations
                : kind == ValueKind.Malformed ? [nothing] : [nothing, .. own];
            states.AddRange(with.Select(values => State(kind, hasUser, tenant, values)));
        }
        states.AddRange(_contexts.Own.Where(_ => _others.Count > 0).Select(context => State(ValueKind.Own, false, OfTenant(ValueKind.Own, context),
            _others.ConvertAll(name => context.TryGetValue(name, out var value) ? new(ValueKind.Own, value) : SettingValue.Unset))));
        return states;
    }

    private SettingState State(ValueKind kind, bool hasUser, IReadOnlyList<SettingValue> tenant, IReadOnlyList<SettingValue> others) =>
        new(kind, hasUser, _contexts.TenantSettings, _contexts.TenantSettings.Zip(tenant).Concat(_others.Zip(others)).ToDictionary(item =>
            item.First, item => item.Second, StringComparer.Ordinal));

    /// <summary>One value for each setting of the tenant.</summary>
    private IEnumerable<(ValueKind Kind, bool HasUser, IReadOnlyList<SettingValue> Values)> TenantValues()
    {
        var settings = _contexts.TenantSettings;
        var unset = settings.Select(_ => SettingValue.Unset).ToList();
        yield return (ValueKind.Unset, false, unset);
        var contexts = _contexts.Own.Select(context => OfTenant(ValueKind.Own, context)).DistinctBy(values => string.Join('\0', values.Select(v => v.Text)));
        if (!settings.Any(_closure.Settings.Contains))
        {
            if (settings.Count > 0)
                yield return (ValueKind.Own, false, contexts.First());
            yield break;
        }

        yield return Everywhere(ValueKind.Empty, "");
        foreach (var context in contexts)
        {
            yield return (ValueKind.Own, false, context);
            for (var i = 0; i < (settings.Count > 1 ? settings.Count : 0); i++)
                yield return (ValueKind.Own, false, [.. context.Select((value, at) => at == i ? value : SettingValue.Unset)]);
        }
        foreach (var text in Malformed.Concat(_closure.Literals.Where(literal => literal.Any(char.IsLetterOrDigit)).Take(8)).Distinct())
            yield return Everywhere(ValueKind.Malformed, text);
        foreach (var (kind, hasUser, context) in _contexts.Void)
            yield return (kind, hasUser, OfTenant(kind, context));

        (ValueKind, bool, IReadOnlyList<SettingValue>) Everywhere(ValueKind kind, string text) =>
            (kind, false, settings.Select(_ => new SettingValue(kind, text)).ToList());
    }

    private List<SettingValue> OfTenant(ValueKind kind, IReadOnlyDictionary<string, string> context) =>
        [.. _contexts.TenantSettings.Select(name => context.TryGetValue(name, out var value) ? new(kind, value) : SettingValue.Unset)];

    private List<SettingValue> CandidatesFor(string setting)
    {
        var own = _contexts.Own.Select(context => context.GetValueOrDefault(setting)).OfType<string>()
            .Concat(SampleIds.Families.Select(SampleIds.OwnEntity).Append(_own).SelectMany(_forms.Of));
        return
        [
            SettingValue.Unset, new(ValueKind.Empty, ""),
            .. Flags.Concat(_forms.LiteralsNear(setting)).Concat(_closure.Literals.Take(8)).Distinct().Select(text => new SettingValue(ValueKind.Flag, text)),
            .. own.Distinct().Select(text => new SettingValue(ValueKind.Own, text)),
        ];
    }

    /// <summary>
    /// All of them where they are few. Else each value alone, the same value in all settings, in each setting what stands behind its name, and a sample of
    /// the rest, the same in every run.
    /// </summary>
    private List<IReadOnlyList<SettingValue>> Combine(List<List<SettingValue>> pools)
    {
        if (Combinations.AreFew(pools, MostCombinations))
            return [.. Combinations.Of(pools)];

        var chosen = new List<IReadOnlyList<SettingValue>> { pools.ConvertAll(_ => SettingValue.Unset) };
        for (var i = 0; i < pools.Count; i++)
        {
            foreach (var value in pools[i])
                chosen.Add([.. pools.Select((_, other) => other == i ? value : SettingValue.Unset)]);
        }
        foreach (var value in pools.SelectMany(pool => pool).Where(value => value.Kind is ValueKind.Own or ValueKind.Flag).Distinct().Take(24))
            chosen.Add(pools.ConvertAll(pool => pool.Contains(value) ? value : SettingValue.Unset));
        var near = _others.ConvertAll(setting => _forms.LiteralsNear(setting).Distinct().Take(4).Select(text => new SettingValue(ValueKind.Flag, text))
            .DefaultIfEmpty(SettingValue.Unset).ToList());
        chosen.AddRange(Combinations.Of(near).Take(MostCombinations));
        var random = new Random(7);
        for (var i = 0; i < 24; i++)
            chosen.Add(pools.ConvertAll(pool => pool[random.Next(pool.Count)]));
        return chosen;
    }
}
