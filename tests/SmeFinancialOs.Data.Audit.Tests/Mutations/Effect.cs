namespace SmeFinancialOs.Data.Audit.Tests.Mutations;

/// <summary>What a mutation does to the answers of <see cref="TruthQuery"/>.</summary>
internal enum Effect
{
    /// <summary>No answer is another.</summary>
    Equivalent,

    /// <summary>The only difference: rows of the own tenant that were seen or written are so no more.</summary>
    Lossy,

    /// <summary>More rows of the own tenant are seen or written.</summary>
    MoreOwn,

    /// <summary>A row of another tenant is seen or written, a row of the demo is written, or any row without a tenant.</summary>
    Effective,
}

/// <summary>Compares answers of <see cref="TruthQuery"/>.</summary>
internal static class Truth
{
    internal static Effect Compare(IEnumerable<string> before, IEnumerable<string> after)
    {
        var (was, now) = (before.ToHashSet(), after.ToHashSet());
        var more = now.Except(was).ToList();
        if (more.Any(IsForeign))
            return Effect.Effective;
        if (was.Except(now).Any())
            return Effect.Lossy;
        return more.Count > 0 ? Effect.MoreOwn : Effect.Equivalent;
    }

    internal static string TableOf(string answer) => answer[..answer.IndexOf('|', StringComparison.Ordinal)];

    internal static bool IsForeign(string answer)
    {
        if (answer.Split('|') is not [_, _, var state, var statement, var row])
            throw new ArgumentException(answer);
        var isWrite = statement != "select";
        var target = statement.Split(" to ") is [_, var other] ? other : row;
        return row != state || target != state || (isWrite && state == "demo") || statement == "truncate";
    }
}
