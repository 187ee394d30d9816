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

/// <summary>
/// The settings of a session, by name. tenantKind: of those that say who the tenant is, tenantSettings. hasUser: one of these names the user, though no tenant.
/// </summary>
internal sealed class SettingState(ValueKind tenantKind, bool hasUser, IReadOnlyList<string> tenantSettings, IReadOnlyDictionary<string, SettingValue> values)
{
    public ValueKind TenantKind => tenantKind;

    public IReadOnlyDictionary<string, SettingValue> Values => values;

    public IEnumerable<KeyValuePair<string, string>> Set =>
        from item in values
        where item.Value.Text is not null
        select KeyValuePair.Create(item.Key, item.Value.Text!);

    public IEnumerable<string> Unset => values.Where(item => item.Value.Text is null).Select(item => item.Key);

    /// <summary>Whether some setting says who is asking.</summary>
    public bool HasOwn => hasUser || values.Values.Any(value => value.Kind == ValueKind.Own);

    /// <summary>Whether the tenant's settings name this id, though it is not the own one: alone, or in JSON.</summary>
    public bool NamesTenant(string id) => tenantSettings.Select(name => values.GetValueOrDefault(name).Text).OfType<string>()
        .Any(text => text == id || (text is ['{', ..] && id.Length > 0 && Words(text).Contains(id)));

    public SettingState Without(Func<string, bool> unset) =>
        new(tenantKind, hasUser, tenantSettings, values.Where(item => item.Value.Text is not null || !unset(item.Key)).ToDictionary());

    /// <summary>Whether some setting has the value in it: alone, in JSON or in a list.</summary>
    public bool Carries(string id) => id.Length > 0 && Set.Any(item => Words(item.Value).Contains(id));

    public override string ToString() => Set.Any() ? string.Join(", ", Set.Select(item => $"{item.Key} = '{item.Value}'")) : "no setting is set";

    private static string[] Words(string text) => text.Split(['"', '{', '}', '[', ']', ',', ' ', ':', '(', ')'], StringSplitOptions.RemoveEmptyEntries);
}
