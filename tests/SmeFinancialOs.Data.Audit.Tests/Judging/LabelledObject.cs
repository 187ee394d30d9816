namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>
/// A view or function and the verdict that a person gave it. Sql runs in a schema of its own with items (tenant_id, id, note), protected by the setting, its
/// children lines (tenant-less, of items) and parts (whose foreign key holds the tenant), prices (whose foreign key does not), and codes (code), which
/// belongs to nobody. Attack: as the role, with tenant 1001 set; it counts rows of tenant 2002. Not judged with an attack: a hole that the audit cannot decide.
/// </summary>
internal sealed record LabelledObject(string Name, PolicyVerdict Verdict, string Sql, string? Attack = null)
{
    public static IReadOnlyList<LabelledObject> All { get; } =
        [.. DefinerFunctions.All, .. OwnersViews.All, .. JoinViews.All, .. BlockFunctions.All, .. ArgumentFunctions.All];
}
