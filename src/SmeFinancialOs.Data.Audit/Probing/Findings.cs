namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>What comes to light. One breach for each object, attack and statement.</summary>
internal sealed class Findings(IsolationProbeOptions options)
{
    private readonly List<IsolationBreach> _breaches = [];
    private readonly List<SkippedObject> _skipped = [];
    private readonly Dictionary<string, int> _answered = [];

    public void Answered(string name) => _answered[name] = _answered.GetValueOrDefault(name) + 1;

    public void Breach(string name, string attack, string statement, string message)
    {
        Answered(name);
        if (options.Allowlist.FirstOrDefault(allowance => allowance.Covers(name, attack)) is { } known)
            Skip(name, known.Reason, true);
        else if (!_breaches.Exists(breach => breach.Statement == statement))
            _breaches.Add(new(name, attack, statement, message));
    }

    public void Unclear(string name, string reason)
    {
        var known = options.Allowlist.FirstOrDefault(allowance => allowance.Covers(name, IsolationAllowance.EveryAttack));
        Skip(name, known?.Reason ?? reason, known is not null);
    }

    public IsolationReport Report(Version serverVersion) =>
        new(_breaches, [.. _answered.Select(pair => new ProbedObject(pair.Key, pair.Value))], _skipped, serverVersion);

    private void Skip(string name, string reason, bool allowed)
    {
        if (!_skipped.Exists(skipped => skipped.ObjectName == name && skipped.Reason == reason))
            _skipped.Add(new(name, reason, allowed));
    }
}
