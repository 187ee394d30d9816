using Npgsql;
using SmeFinancialOs.Data.Connections;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// The rule for a commit whose outcome is unknown. Whoever has sent a statement that commits, and gets an error instead of an answer, asks here: a call of a
/// session, and <see cref="CheckedCommit"/> for a unit of work. A commit that was answered but may not be replicated is told by
/// <see cref="LeasedConnection.RequireReplicated"/>. What a host has to do is in docs/failover.md.
/// </summary>
internal static class CommitOutcome
{
    private const string IdleInTransactionTimeout = "25P03";

    /// <summary>
    /// The exception that tells the host that the work may be done or not. Null where that is known: the context could not write, or the transaction was
    /// rolled back.
    /// </summary>
    /// <param name="fault">The error that came instead of an answer to the commit.</param>
    /// <param name="connection">Where the commit was sent.</param>
    public static CommitOutcomeUnknownException? Unknown(NpgsqlException fault, LeasedConnection connection)
    {
        if (connection.Context.IsReadOnly)
            return null;
        // Without an answer of the server the outcome is unknown where the connection was lost. A connection that stands after a
        // timeout has the answer of the server to the cancellation.
        var isKnown = fault is PostgresException answer ? IsRolledBack(answer) : connection.IsConnected;
        if (isKnown)
            return null;
        return new CommitOutcomeUnknownException(
            "The connection was lost before the server had answered the commit, so the work may be done or not. "
            + "Look whether it is there before it is done again.", fault);
    }

    /// <summary>Whether an error answer proves that the transaction was rolled back.</summary>
    private static bool IsRolledBack(PostgresException answer) => answer switch
    {
        // A pooler that has lost its server sends an error of its own, which names no routine of PostgreSQL. It does not know what the server did.
        { Routine: null or "" } => false,
        // 40003: the server itself does not know.
        { SqlState: PostgresErrorCodes.StatementCompletionUnknown } => false,
        // The server sends an ERROR instead of a commit.
        { InvariantSeverity: "ERROR" } => true,
        // The server ends an idle session before it runs the next statement.
        { SqlState: PostgresErrorCodes.IdleSessionTimeout or IdleInTransactionTimeout } => true,
        _ => false,
    };
}
