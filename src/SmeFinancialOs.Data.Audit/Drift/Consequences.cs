namespace SmeFinancialOs.Data.Audit.Drift;

/// <summary>The verdicts and findings that differ, and what that means.</summary>
internal static class Consequences
{
    internal static Consequence? Of(FactChange change) => change.Section.Name == SnapshotSection.Verdicts ? OfVerdict(change) : OfFinding(change);

    internal static IReadOnlyList<string> Commands(Fact? verdict) =>
        verdict is null ? [] : verdict["commands"].Split(", ", StringSplitOptions.RemoveEmptyEntries);

    private static Consequence? OfVerdict(FactChange change)
    {
        var (before, after) = (change.Old?["verdict"] ?? "closed", change.New?["verdict"] ?? "closed");
        var (gained, lost) = (Commands(change.New).Except(Commands(change.Old)).Any(), Commands(change.Old).Except(Commands(change.New)).Any());
        if (before == after && !gained && !lost)
            return null;
        var isClosedHole = before == "hole" && after is "safe" or "closed";
        var @class = after == "hole" && (before != "hole" || gained) ? SchemaChangeClass.Dangerous
            : lost || after == "closed" ? SchemaChangeClass.Breaking
            : after == "not judged" || before == "closed" || (gained && before != "hole") ? SchemaChangeClass.NeedsReview
            : SchemaChangeClass.Safe;
        return new(change, change.Any["table"], change.Any["role"], change.Old is null && after == "safe" ? SchemaChangeClass.Safe : @class,
            $"verdict for {change.Any["role"]}: {Text(change.Old)} -> {Text(change.New)}")
        { IsImprovement = isClosedHole };
    }

    private static string Text(Fact? verdict) => verdict is null ? "none"
        : verdict["verdict"] + (verdict["commands"].Length > 0 ? $" for {verdict["commands"]}" : "");

    private static Consequence? OfFinding(FactChange change)
    {
        if (change.RenamedFrom is not null || (change.Old is not null && change.New is not null && !change.Has("severity")))
            return null;
        var @class = change.New is null ? SchemaChangeClass.Safe : change.New["severity"] switch
        {
            "error" => SchemaChangeClass.Dangerous,
            "warning" => SchemaChangeClass.NeedsReview,
            _ => SchemaChangeClass.Safe,
        };
        return new(change, change.Any["object"], null, @class, $"{change.Any["severity"]} {change.Any["rule"]}{(change.New is null ? " is gone" : "")}")
        { IsImprovement = change.New is null && change.Any["severity"] != "info" };
    }
}
