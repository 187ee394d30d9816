namespace SmeFinancialOs.Data.Audit.Judging;

internal enum ValueKind
{
    Unset,
    Empty,
    Own,
    Malformed,
    Flag,
}

/// <summary>Text is null where the setting was never set in the session.</summary>
internal readonly record struct SettingValue(ValueKind Kind, string? Text)
{
    public static SettingValue Unset { get; } = new(ValueKind.Unset, null);
}

/// <summary>The settings of a session, by name.</summary>
internal sealed class SettingState(IReadOnlyDictionary<string, SettingValue> values)
{
    public IReadOnlyDictionary<string, SettingValue> Values => values;

    public IEnumerable<KeyValuePair<string, string>> Set =>
        from item in values
        where item.Value.Text is not null
        select KeyValuePair.Create(item.Key, item.Value.Text!);

    public IEnumerable<string> Unset => values.Where(item => item.Value.Text is null).Select(item => item.Key);

    /// <summary>Whether some setting says who is asking.</summary>
    public bool HasOwn => values.Values.Any(value => value.Kind == ValueKind.Own);

    public ValueKind KindOf(string setting) => values[setting].Kind;

    /// <summary>Whether some setting has the value in it: alone, in JSON or in a list.</summary>
    public bool Carries(string id) => id.Length > 0 && Set.Any(item => Words(item.Value).Contains(id));

    public override string ToString() => Set.Any() ? string.Join(", ", Set.Select(item => $"{item.Key} = '{item.Value}'")) : "no setting is set";

    private static string[] Words(string text) => text.Split(['"', '{', '}', '[', ']', ',', ' ', ':', '(', ')'], StringSplitOptions.RemoveEmptyEntries);
}
