namespace SmeFinancialOs.Data.Audit;

/// <summary>What a probe found.</summary>
public sealed class IsolationReport
{
    internal IsolationReport()
    {
    }

    /// <summary>What got through: one for each object, role and cause. Empty when nothing did.</summary>
    public IReadOnlyList<IsolationBreach> Breaches { get; internal init; } = [];

    /// <summary>Unique keys that tell of another tenant's values.</summary>
    public IReadOnlyList<IsolationKeyOracle> KeyOracles { get; internal init; } = [];

    /// <summary>
    /// What was attacked. A table or view is among them only if a tenant saw its own row there, as every role
    /// that may read it.
    /// </summary>
    public IReadOnlyList<ProbedObject> Probed { get; internal init; } = [];

    /// <summary>What was not probed, or not in every way, and why. Nobody knows whether it is safe.</summary>
    public IReadOnlyList<SkippedObject> Skipped { get; internal init; } = [];

    /// <summary>Attacks that failed for reasons of their own.</summary>
    public IReadOnlyList<SkippedAttack> NotMade { get; internal init; } = [];

    /// <summary>The logins that attacked, and the roles that they took. Roles of administrators are not among them.</summary>
    public IReadOnlyList<string> Roles { get; internal init; } = [];

    /// <summary>How many attacks gave an answer, on what was probed.</summary>
    public int AttackCount => Probed.Sum(probed => probed.AttackCount);

    /// <summary>How many attacks on what was probed were refused or reached nothing.</summary>
    public int HeldCount { get; internal init; }

    /// <summary>Whether nothing was found, and everything was probed that the options do not allow to be left out.</summary>
    public bool IsClean => Breaches.Count == 0 && KeyOracles.Count == 0 && Skipped.All(skipped => skipped.IsAllowed);

    /// <summary>The version of the server, such as 18.4.</summary>
    public Version ServerVersion { get; internal init; } = new();
}
