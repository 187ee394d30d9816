using Npgsql;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>What comes to light. One breach for each object, role and cause; the others of the same cause are counted.</summary>
internal sealed class Findings(IsolationProbeOptions options)
{
    private readonly List<(Attempt Attempt, string Message)> _breaches = [];
    private readonly List<SkippedObject> _skipped = [];
    private readonly List<(Attempt Attempt, string Reason, string SqlState, bool Impossible)> _notMade = [];
    private readonly Dictionary<string, int> _answered = [];
    private readonly Dictionary<string, SortedSet<string>> _seen = [];
    private readonly Dictionary<string, int> _reached = [];
    private readonly HashSet<(string Name, string Role)> _unseen = [];
    private readonly HashSet<(string, string, string, (string?, string))> _worked = [];

    /// <summary>The server carried the statement out or refused the attacker.</summary>
    public void Answered(Attempt attempt)
    {
        _answered[attempt.ObjectName] = _answered.GetValueOrDefault(attempt.ObjectName) + 1;
        _worked.Add(KindOf(attempt));
    }

    /// <summary>attempt: with the statement as a reader can repeat it.</summary>
    public void Breach(Attempt attempt, string message)
    {
        Answered(attempt);
        _reached[attempt.ObjectName] = _reached.GetValueOrDefault(attempt.ObjectName) + 1;
        var rule = attempt.Kind == KeyAttacks.Oracle ? IsolationProbe.KeyOracleRule : IsolationProbe.BreachRule;
        if (options.Allowlist.FirstOrDefault(allowance => allowance.Covers(attempt.ObjectName, rule, attempt.Kind)) is { } known)
            Skip(attempt.ObjectName, known.Reason, true);
        else
            _breaches.Add((attempt, message));
    }

    public void Unclear(string name, string reason)
    {
        var known = options.Allowlist.FirstOrDefault(allowance => allowance.Covers(name, IsolationProbe.NotProbedRule, null));
        Skip(name, known?.Reason ?? reason, known is not null);
    }

    /// <summary>What it gives away is what it is for.</summary>
    public void Known(string name, string purpose) => Skip(name, purpose, true);

    /// <summary>The statement failed for reasons of its own. Impossible: for everybody.</summary>
    public void NotMade(Attempt attempt, string reason, string sqlState, bool impossible) => _notMade.Add((attempt, reason, sqlState, impossible));

    /// <summary>The tenant saw its own row.</summary>
    public void Seen(string name, string role)
    {
        if (!_seen.TryGetValue(name, out var roles))
            _seen[name] = roles = new(StringComparer.Ordinal);
        roles.Add(role);
    }

    /// <summary>The positive control failed.</summary>
    public void Uncontrolled(string name, string role, string command, string reason)
    {
        if (command == "select")
            _unseen.Add((name, role));
        Unclear(name, command == "select"
            ? $"Not probed as {role}: the tenant does not see its own row, so that seeing no other row proves nothing: {reason}"
            : $"Not probed as {role}: the tenant cannot {command} its own row, so that a refused {command} of another's proves nothing: {reason}");
    }

    public IsolationReport Report(Version serverVersion, IReadOnlyList<string> roles)
    {
        var failed = _notMade.GroupBy(item => (item.Attempt.ObjectName, item.Attempt.Role, item.SqlState, item.Impossible)).ToList();
        foreach (var group in failed.Where(group => !group.Key.Impossible && !_unseen.Contains((group.Key.ObjectName, group.Key.Role))))
            Unclear(group.Key.ObjectName, $"{Kinds(group.Select(item => item.Attempt))} as {group.Key.Role} proved nothing: "
                + $"{group.First().Reason}: {group.First().Attempt.Statement}");
        foreach (var group in _notMade.Where(item => item.Impossible && IsKey(item.SqlState) && !_worked.Contains(KindOf(item.Attempt)))
            .GroupBy(item => (item.Attempt.ObjectName, item.Attempt.Role, item.SqlState))
            .Where(group => !_unseen.Contains((group.Key.ObjectName, group.Key.Role))))
        {
            Unclear(group.Key.ObjectName, $"{Kinds(group.Select(item => item.Attempt))} as {group.Key.Role} proved nothing, because rows that are "
                + $"there already stand in the way: {group.First().Reason}: {group.First().Attempt.Statement}");
        }
        var probed = _answered.Where(pair => _unseen.All(unseen => unseen.Name != pair.Key)).ToList();
        return new()
        {
            Breaches = [.. Causes(false).Select(group =>
                Breach(Witness(group), [.. group.Select(item => item.Attempt.Kind).Distinct()], group.Count()))],
            KeyOracles = [.. Causes(true).Select(group => group.First())
                .Select(item => new IsolationKeyOracle(item.Attempt.ObjectName, item.Attempt.Role, item.Attempt.Statement, item.Message))],
            Probed = [.. probed
                .Select(pair => new ProbedObject(pair.Key, pair.Value, [.. _seen.GetValueOrDefault(pair.Key) ?? []]))],
            Skipped = _skipped,
            NotMade = [.. failed.Select(group =>
                new SkippedAttack(group.Key.ObjectName, group.Key.Role, [.. group.Select(item => item.Attempt.Kind).Distinct()],
                group.First().Reason, group.Count()))],
            HeldCount = probed.Sum(pair => pair.Value - _reached.GetValueOrDefault(pair.Key)),
            Roles = roles,
            ServerVersion = serverVersion,
        };
    }

    /// <summary>Whether the error depends on the rows that the statement found, and not on the statement.</summary>
    private static bool IsKey(string sqlState) =>
        sqlState is PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ExclusionViolation;

    private static (string, string, string, (string?, string)) KindOf(Attempt attempt) => (attempt.ObjectName, attempt.Role, attempt.Kind, attempt.Pair);

    /// <summary>A foreign key that reaches another tenant is another hole than a policy that lets rows pass.</summary>
    private IEnumerable<IGrouping<(string, string, bool), (Attempt Attempt, string Message)>> Causes(bool oracles) =>
        _breaches.Where(item => item.Attempt.Kind == KeyAttacks.Oracle == oracles)
            .GroupBy(item => (item.Attempt.ObjectName, item.Attempt.Role, item.Attempt.Kind == KeyAttacks.Reference));

    /// <summary>What everybody understands at once: rows that are read, then rows that are gone.</summary>
    private static (Attempt Attempt, string Message) Witness(IEnumerable<(Attempt Attempt, string Message)> group) =>
        group.MinBy(item => item.Attempt.Kind switch
        { "select" => 0, "call" => 1, "delete" => 2, "update" => 3, "insert" => 4, "move" or "steal" => 5, _ => 6 });

    private static IsolationBreach Breach((Attempt Attempt, string Message) witness, IReadOnlyList<string> kinds, int count) =>
        new(witness.Attempt, kinds, count == 1 ? witness.Message : $"{witness.Message} {count} statements got through: {string.Join(", ", kinds)}.");

    private static string Kinds(IEnumerable<Attempt> attempts) =>
        string.Join(", ", attempts.CountBy(attempt => attempt.Kind).Select(pair => pair.Value == 1 ? pair.Key : $"{pair.Key} ({pair.Value})"));

    private void Skip(string name, string reason, bool allowed)
    {
        if (!_skipped.Exists(skipped => skipped.ObjectName == name && skipped.Reason == reason))
            _skipped.Add(new(name, reason, allowed));
    }
}
