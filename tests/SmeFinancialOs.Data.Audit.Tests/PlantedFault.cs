namespace SmeFinancialOs.Data.Audit.Tests;

/// <summary>What makes a rule fire. Also: rules that rightly find the same fault.</summary>
internal sealed record PlantedFault(string Rule, string ObjectName, string Plant, string[] Also)
{
    internal static IReadOnlyList<PlantedFault> All { get; } = [.. TableFaults.All, .. PolicyFaults.All, .. LoginFaults.All, .. ObjectFaults.All,
        .. CascadeFaults.All];

    /// <summary>The first version that knows such a fault.</summary>
    public int Since { get; init; }

    /// <summary>Why the fix needs a person, where it does.</summary>
    public string? Person { get; init; }

    /// <summary>Which form of the fault, where a rule has more than one.</summary>
    public string? Form { get; init; }

    public string Name => Form is null ? Rule : $"{Rule}: {Form}";

    internal static PlantedFault Of(string rule, string objectName, string plant, params string[] also) => new(rule, objectName, plant, also);
}
