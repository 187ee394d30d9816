namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>What comes to light. One breach for each object, attack and statement.</summary>
internal sealed class Findings(IsolationProbeOptions options)
{
    private readonly List<IsolationBreach> _breaches = [];
    private readonly List<SkippedObject> _skipped = [];
    private readonly Dictionary<string, int> _answered = [];
    private readonly Dictionary<string, SortedSet<string>> _seen = [];
    private readonly HashSet<string> _unseen = [];

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

    /// <summary>The tenant saw its own row.</summary>
    public void Seen(string name, string role)
    {
        if (!_seen.TryGetValue(name, out var roles))
            _seen[name] = roles = [];
        roles.Add(role);
    }

    /// <summary>The positive control failed.</summary>
    public void Uncontrolled(string name, string role, string command, string reason)
    {
        if (command == "select")
            _unseen.Add(name);
        Unclear(name, command == "select"
            ? $"Not probed as {role}: the tenant does not see its own row, so that seeing no other row proves nothing: {reason}"
            : $"Not probed as {role}: the tenant cannot {command} its own row, so that a refused {command} of another's proves nothing: {reason}");
    }

    public IsolationReport Report(Version serverVersion) =>
        new(_breaches, [.. _answered.Where(pair => _seen.ContainsKey(pair.Key) || !_unseen.Contains(pair.Key)).Select(pair => new ProbedObject(pair.Key, pair.Value))], _skipped, serverVersion);

    private void Skip(string name, string reason, bool allowed)
    {
        if (!_skipped.Exists(skipped => skipped.ObjectName == name && skipped.Reason == reason))
            _skipped.Add(new(name, reason, allowed));
    }
}
