namespace SmeFinancialOs.Data.Audit.Tests.NearMisses;

/// <summary>What looks like the fault of a rule, and is right: the rule must say nothing.</summary>
internal sealed record NearMiss(string Rule, string Why, string Plant)
{
    internal static IReadOnlyList<NearMiss> All { get; } = [.. TableMisses.All, .. PolicyMisses.All, .. LoginMisses.All, .. ObjectMisses.All,
        .. CascadeMisses.All];

    public string Name => $"{Rule}: {Why}";

    internal static NearMiss Of(string rule, string why, string plant) => new(rule, why, plant);
}
