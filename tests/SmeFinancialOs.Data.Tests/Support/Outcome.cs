using Npgsql;

namespace SmeFinancialOs.Data.Tests.Support;

/// <summary>What an attack came to: an error, or the values it got to see.</summary>
public sealed record Outcome(PostgresException? Error, IReadOnlyList<string> Values)
{
    public string? SqlState => Error?.SqlState;

    /// <summary>Whether an answer, or the text of an error, carries what belongs to somebody else.</summary>
    public bool Shows(string secret) =>
        Values.Any(value => value.Contains(secret, StringComparison.Ordinal))
        || (Error is not null && $"{Error.MessageText} {Error.Detail} {Error.Hint} {Error.Where}".Contains(secret, StringComparison.Ordinal));
}
