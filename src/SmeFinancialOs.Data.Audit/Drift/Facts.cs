namespace SmeFinancialOs.Data.Audit.Drift;

/// <summary>What is known of one object: its properties by name, in order.</summary>
internal sealed class Fact() : SortedDictionary<string, string>(StringComparer.Ordinal)
{
    public bool Is(string property, string value) => TryGetValue(property, out var known) && known == value;
}

/// <summary>The objects of a snapshot: sections, in these the objects by name, all in order. SnapshotSection lists the sections and their properties.</summary>
internal sealed class Facts() : SortedDictionary<string, SortedDictionary<string, Fact>>(StringComparer.Ordinal)
{
    /// <summary>Of a section; empty where it has none.</summary>
    public IReadOnlyDictionary<string, Fact> Of(string section) => TryGetValue(section, out var facts) ? facts : new SortedDictionary<string, Fact>();

    public Fact Add(string section, string name)
    {
        if (!TryGetValue(section, out var facts))
            this[section] = facts = new(StringComparer.Ordinal);
        return facts[name] = [];
    }

    /// <summary>Of the app, or everybody.</summary>
    public bool IsApp(string role) => role == "PUBLIC" || (Of(SnapshotSection.Roles).TryGetValue(role, out var fact) && fact.Is("kind", "app"));

    /// <summary>What is known of a table for the roles of the app.</summary>
    public IEnumerable<Fact> VerdictsOf(string table) => Of(SnapshotSection.Verdicts).Values.Where(verdict => verdict.Is("table", table));
}
