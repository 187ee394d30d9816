using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>The states of the settings that an expression is evaluated in: whatever the app, or SQL that was injected into it, may have set.</summary>
internal sealed partial class SettingStates
{
    private const int MostCombinations = 80;
    private static readonly string[] Flags = ["true", "on", "1", "t", "yes", "admin"];
    private static readonly string[] Malformed = ["garbage", "%", "_", "null", "{}", "true"];

    private readonly string _tenantSetting;
    private readonly ExpressionClosure _closure;
    private readonly IReadOnlyList<string> _ownTenants;
    private readonly string _text;

    /// <summary>ownTenants: the own id, in the families that the key may have.</summary>
    internal SettingStates(string tenantSetting, ExpressionClosure closure, IReadOnlyList<string> ownTenants)
    {
        (_tenantSetting, _closure, _ownTenants) = (tenantSetting, closure, ownTenants);
        _text = string.Join('\n', closure.Texts.Select(text => text.Text));
    }

    internal IReadOnlyList<SettingState> All()
    {
        var others = _closure.Settings.Where(name => name != _tenantSetting).ToList();
        var pools = others.ConvertAll(CandidatesFor);
        var combinations = Combine(others, pools);
        var nothing = others.ConvertAll(_ => SettingValue.Unset);
        var own = SampleIds.Families.Select(family => others.ConvertAll(_ => new SettingValue(ValueKind.Own, SampleIds.OwnEntity(family)))).ToList();
        var states = new List<SettingState>();
        foreach (var tenant in TenantValues())
        {
            var with = others.Count == 0 || tenant.Kind is ValueKind.Unset or ValueKind.Own ? combinations
                : tenant.Kind == ValueKind.Malformed ? [nothing] : [nothing, .. own];
            states.AddRange(with.Select(values => State(tenant, others, values)));
        }
        return states;
    }

    private SettingState State(SettingValue tenant, List<string> others, IReadOnlyList<SettingValue> values)
    {
        var state = new Dictionary<string, SettingValue>(StringComparer.Ordinal) { [_tenantSetting] = tenant };
        for (var i = 0; i < others.Count; i++)
            state[others[i]] = values[i];
        return new(state);
    }

    private IEnumerable<SettingValue> TenantValues()
    {
        yield return SettingValue.Unset;
        if (!_closure.Settings.Contains(_tenantSetting))
        {
            yield return new(ValueKind.Own, _ownTenants[0]);
            yield break;
        }

        yield return new(ValueKind.Empty, "");
        foreach (var form in _ownTenants.SelectMany(FormsOf).Distinct())
            yield return new(ValueKind.Own, form);
        foreach (var text in Malformed.Concat(_closure.Literals.Where(literal => literal.Any(char.IsLetterOrDigit)).Take(8)).Distinct())
            yield return new(ValueKind.Malformed, text);
    }

    private List<SettingValue> CandidatesFor(string setting)
    {
        var own = SampleIds.Families.Select(SampleIds.OwnEntity).Concat(_ownTenants).SelectMany(FormsOf);
        return
        [
            SettingValue.Unset, new(ValueKind.Empty, ""),
            .. Flags.Concat(LiteralsNear(setting)).Concat(_closure.Literals.Take(8)).Distinct().Select(text => new SettingValue(ValueKind.Flag, text)),
            .. own.Distinct().Select(text => new SettingValue(ValueKind.Own, text)),
        ];
    }

    /// <summary>What stands behind the name of the setting: current_setting('app.mode', true) = 'support'.</summary>
    private IEnumerable<string> LiteralsNear(string setting) =>
        from Match name in Regex.Matches(_text, Regex.Escape($"'{setting}'"), RegexOptions.IgnoreCase)
        let after = _text.Substring(name.Index + name.Length, Math.Min(120, _text.Length - name.Index - name.Length))
        from Match literal in Literal().Matches(after).Take(3)
        select ExpressionClosure.LiteralText(literal.Value) into text
        where text.Length > 0
        select text;

    /// <summary>Plain, and as the expression takes it apart.</summary>
    private IEnumerable<string> FormsOf(string id)
    {
        yield return id;
        var paths = JsonPath().Matches(_text)
            .Select(match => Literal().Matches(match.Value).Select(key => ExpressionClosure.LiteralText(key.Value)).ToList()).ToList();
        if (_text.Contains("json", StringComparison.OrdinalIgnoreCase) && paths.Count > 0)
            yield return JsonWith(paths, id);
        if (_text.Contains("[]", StringComparison.Ordinal))
            yield return $"{{{id}}}";
        if (JsonElements().IsMatch(_text))
            yield return JsonSerializer.Serialize(new[] { id });
    }

    private static string JsonWith(List<List<string>> paths, string id)
    {
        var root = new JsonObject();
        foreach (var path in paths)
        {
            var at = root;
            foreach (var key in path.SkipLast(1))
                at = at is null ? null : at[key] is null ? (JsonObject)(at[key] = new JsonObject()) : at[key] as JsonObject;
            if (at is not null && at[path[^1]] is null)
                at[path[^1]] = id;
        }
        return root.ToJsonString();
    }

    /// <summary>
    /// All of them where they are few. Else each value alone, the same value in all settings, in each setting what stands behind its name, and a sample of
    /// the rest, the same in every run.
    /// </summary>
    private List<IReadOnlyList<SettingValue>> Combine(List<string> settings, List<List<SettingValue>> pools)
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
        var near = settings.ConvertAll(setting => LiteralsNear(setting).Distinct().Take(4).Select(text => new SettingValue(ValueKind.Flag, text))
            .DefaultIfEmpty(SettingValue.Unset).ToList());
        chosen.AddRange(Combinations.Of(near).Take(MostCombinations));
        var random = new Random(7);
        for (var i = 0; i < 24; i++)
            chosen.Add(pools.ConvertAll(pool => pool[random.Next(pool.Count)]));
        return chosen;
    }

    [GeneratedRegex("'(?:[^']|'')*'")]
    private static partial Regex Literal();

    [GeneratedRegex(@"(?:->>?\s*'(?:[^']|'')+'(?:::text)?\)*\s*)+")]
    private static partial Regex JsonPath();

    [GeneratedRegex("json\\w*_array_elements", RegexOptions.IgnoreCase)]
    private static partial Regex JsonElements();
}
