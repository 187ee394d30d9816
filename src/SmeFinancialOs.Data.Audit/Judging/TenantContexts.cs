namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// The settings of a host's context. TenantSettings: those that differ from tenant to tenant. Own: all that a context of the own tenant sets, once for each
/// type that a user's id may have. Void: the tenant's settings where the context was made with '', with NULL or with what is no id,
/// for a user or for nobody.
/// </summary>
internal sealed record TenantContexts(
    IReadOnlyList<string> TenantSettings,
    IReadOnlyList<IReadOnlyDictionary<string, string>> Own,
    IReadOnlyList<(ValueKind Kind, bool HasUser, IReadOnlyDictionary<string, string> Values)> Void)
{
    /// <summary>A setting that holds the id, in each form that the expressions may take it apart from.</summary>
    internal static TenantContexts OfSetting(string setting, IEnumerable<string> forms) =>
        new([setting], [.. forms.Select(form => new Dictionary<string, string>(StringComparer.Ordinal) { [setting] = form })], []);
}
