namespace SmeFinancialOs.Data.Audit;

/// <summary>What a probe found.</summary>
public sealed class IsolationReport
{
    internal IsolationReport(IReadOnlyList<IsolationBreach> breaches, IReadOnlyList<ProbedObject> probed, IReadOnlyList<SkippedObject> skipped,
        Version serverVersion)
    {
        Breaches = breaches;
        Probed = probed;
        Skipped = skipped;
        ServerVersion = serverVersion;
    }

    /// <summary>What got through; empty when nothing did.</summary>
    public IReadOnlyList<IsolationBreach> Breaches { get; }

    /// <summary>What was attacked.</summary>
    public IReadOnlyList<ProbedObject> Probed { get; }

    /// <summary>What was not, or not in every way, and why. Nobody knows whether it is safe.</summary>
    public IReadOnlyList<SkippedObject> Skipped { get; }

    /// <summary>How many attacks gave an answer.</summary>
    public int AttackCount => Probed.Sum(probed => probed.AttackCount);

    /// <summary>The version of the server, such as 18.4.</summary>
    public Version ServerVersion { get; }
}
