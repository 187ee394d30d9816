namespace SmeFinancialOs.Data.Audit.Drift;

/// <summary>Finds what differs, lets each change be classified, and reports what no change explains.</summary>
internal sealed class DriftFinder(SnapshotDocument before, SnapshotDocument after)
{
    private static readonly string[] Consequential = [SnapshotSection.Findings, SnapshotSection.Verdicts];

    private readonly Dictionary<string, string> _renamed = [];
    private readonly List<string> _notCompared = [];

    private bool IsComplete => before.Incomplete.Count == 0 && after.Incomplete.Count == 0;

    private bool AreOtherVersions => before.ServerMajorVersion != after.ServerMajorVersion;

    internal static SchemaDrift Compare(SnapshotDocument before, SnapshotDocument after)
    {
        foreach (var (name, value) in before.Options)
        {
            if (after.Options[name] != value)
                throw new SchemaSnapshotException($"The two snapshots were read with different options: {name} is \"{value}\" in the first and "
                    + $"\"{after.Options[name]}\" in the second. Verdicts can only be compared with the same options; or take the snapshot again.");
        }
        return new DriftFinder(before, after).Run();
    }

    /// <summary>What differs, without what follows from it.</summary>
    internal List<FactChange> FactChanges() => [.. SnapshotSection.All.Where(section => !Consequential.Contains(section.Name)).SelectMany(Changes)];

    private SchemaDrift Run()
    {
        // The others first: what was renamed there is no new finding.
        var causes = FactChanges();
        var consequences = Consequential.SelectMany(name => Changes(SnapshotSection.Named(name))).Select(Consequences.Of).OfType<Consequence>().ToList();
        var classifier = new ChangeClassifier(before.Facts, after.Facts, causes, consequences);
        var changes = causes.Select(change => Classified(change, classifier.Classify(change))).OfType<SchemaChange>().ToList();
        changes.AddRange(consequences.Where(item => !item.IsExplained).Select(item => Classified(item.Change, (item.Class, item.Text))).OfType<SchemaChange>());
        changes.AddRange(NotRead());
        return new([.. changes.OrderByDescending(change => change.Class).ThenBy(change => change.ObjectName, StringComparer.Ordinal)], [.. Notes()],
            IsComplete);
    }

    private SchemaChange? Classified(FactChange change, (SchemaChangeClass Class, string Reason)? verdict) => verdict is not { } found ? null
        : found.Class == SchemaChangeClass.Safe && !IsComplete
            ? Change(change, SchemaChangeClass.NeedsReview, $"a snapshot is incomplete, so nothing is called safe; {found.Reason}")
            : Change(change, found.Class, found.Reason);

    private static SchemaChange Change(FactChange change, SchemaChangeClass @class, string reason) =>
        new(change.ObjectName, @class, change.Before, change.After, reason);

    private IEnumerable<FactChange> Changes(SnapshotSection section)
    {
        var (old, now) = (before.Facts.Of(section.Name), after.Facts.Of(section.Name));
        if (section.Name == SnapshotSection.Findings)
            old = old.Values.Select(Renamed).DistinctBy(NameOfFinding).ToDictionary(NameOfFinding);
        var gone = old.Keys.Except(now.Keys).ToList();
        foreach (var name in now.Keys.Except(old.Keys))
        {
            var same = section.Name is SnapshotSection.Policies or SnapshotSection.ForeignKeys ? gone.Find(other => old[other].SequenceEqual(now[name])) : null;
            if (same is not null && gone.Remove(same))
                _renamed.Add(same, name);
            yield return new(section, name, same is null ? null : old[same], now[name]) { RenamedFrom = same };
        }
        foreach (var name in gone)
            yield return new(section, name, old[name], null);
        foreach (var change in old.Keys.Intersect(now.Keys).Select(name => new FactChange(section, name, old[name], now[name])).Where(IsCompared))
            yield return change;
    }

    /// <summary>Another major version may print the same definition in another way.</summary>
    private bool IsCompared(FactChange change)
    {
        if (change.Changed.Count == 0)
            return false;
        var isPrinted = AreOtherVersions && change.Changed.All(property => (change.Section.Name, property) is (SnapshotSection.Views, "definition")
            or (SnapshotSection.Triggers, "definition") || (property == "body" && change.Any.Is("bodyForm", "expression")));
        if (isPrinted)
            _notCompared.Add(change.ObjectName);
        return !isPrinted;
    }

    private static string NameOfFinding(Fact finding) => $"{finding["rule"]}: {finding["object"]}";

    private Fact Renamed(Fact finding) => _renamed.TryGetValue(finding["object"], out var name)
        ? new() { ["object"] = name, ["rule"] = finding["rule"], ["severity"] = finding["severity"] } : finding;

    /// <summary>What could not be looked at fails the build, also where it could not be looked at before.</summary>
    private IEnumerable<SchemaChange> NotRead()
    {
        foreach (var (document, name) in new[] { (before, "the first snapshot"), (after, "the second snapshot") })
        {
            foreach (var item in document.Incomplete)
                yield return new(name, SchemaChangeClass.NeedsReview, null, null, $"not read: {item}");
        }
        if (_notCompared.Count > 0)
            yield return new("server", SchemaChangeClass.NeedsReview, $"PostgreSQL {before.ServerMajorVersion}", $"PostgreSQL {after.ServerMajorVersion}",
                $"the two versions print these differently, so that their definitions were not compared: {string.Join(", ", _notCompared)}");
    }

    private IEnumerable<string> Notes()
    {
        if (AreOtherVersions)
            yield return $"The first snapshot is of PostgreSQL {before.ServerMajorVersion}, the second of {after.ServerMajorVersion}: expressions may be "
                + "printed differently. Policies are compared by their verdicts.";
    }
}
