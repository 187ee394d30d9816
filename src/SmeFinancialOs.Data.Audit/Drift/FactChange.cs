namespace SmeFinancialOs.Data.Audit.Drift;

/// <summary>An object that is new (Old is null), gone (New is null), or has other properties. RenamedFrom: it has them under another name.</summary>
internal sealed record FactChange(SnapshotSection Section, string Name, Fact? Old, Fact? New)
{
    public string? RenamedFrom { get; init; }

    public Fact Any => New ?? Old!;

    /// <summary>The names of the properties that differ; none where the object is new or gone.</summary>
    public IReadOnlyList<string> Changed { get; } = Old is null || New is null ? []
        : [.. Old.Keys.Union(New.Keys).Where(key => Old.GetValueOrDefault(key) != New.GetValueOrDefault(key)).Order(StringComparer.Ordinal)];

    public string? Before => RenamedFrom ?? Text(Old);

    public string? After => RenamedFrom is null ? Text(New) : Name;

    public bool Has(string property) => Changed.Contains(property);

    /// <summary>Of the object, in front of its name.</summary>
    public string ObjectName => Section.Noun.Length == 0 ? Name : $"{Section.Noun} {Name}";

    private string? Text(Fact? fact) => fact is null ? null : string.Join("; ",
        fact.Where(item => Changed.Count == 0 ? item.Value.Length > 0 && !Name.Contains(item.Value, StringComparison.Ordinal) : Changed.Contains(item.Key))
            .Select(item => $"{item.Key} {(item.Value.Length == 0 ? "(none)" : item.Value)}"));
}
