using System.Data;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>Tells, where a commit was under way, whether what came of it is known.</summary>
internal static class CommitOutcome
{
    private const string IdleInTransactionTimeout = "25P03";

    /// <summary>The typed exception, or null where the transaction was rolled back for certain, had nothing to commit, or was ended by its caller.</summary>
    public static CommitOutcomeUnknownException? Translate(NpgsqlException fault, NpgsqlConnection connection, TenantContext context) =>
        !context.IsReadOnly && IsUnknown(fault, connection)
            ? new CommitOutcomeUnknownException(
                "The connection was lost before the server had answered the commit, so the work may be done or not. Look whether it is there before it is done again.", fault)
            : null;

    /// <summary>After an answer of success. Costs a comparison where no wait was ever cut short.</summary>
    /// <exception cref="CommitOutcomeUnknownException">The commit was cancelled while it waited for its standby.</exception>
    /// <exception cref="OperationCanceledException">The same, by the caller's token.</exception>
    public static void RequireReplicated(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (!ReplicationWait.WasCutShort(connection))
            return;
        const string message =
            "The commit was cancelled while it waited for a synchronous standby: it is done on this server, and a failover may lose it. Look whether it is there before it is done again.";
        if (cancellationToken.IsCancellationRequested)
            throw new OperationCanceledException(message, cancellationToken);
        throw new CommitOutcomeUnknownException(message);
    }

    /// <summary>Whether the server may have committed: all but what PostgreSQL itself says instead of a commit.</summary>
    private static bool IsUnknown(NpgsqlException fault, NpgsqlConnection connection) => fault is PostgresException answer
        ? !IsRolledBack(answer)
        : (connection.FullState & ConnectionState.Open) == 0;

    // An ERROR is sent instead of a commit, by the server. A pooler that has lost its server sends one of its own, which names no routine of PostgreSQL.
    // 40003: the server itself does not know. A timeout of an idle session ends it before its next statement is run.
    private static bool IsRolledBack(PostgresException answer) => answer switch
    {
        { Routine: null or "" } or { SqlState: PostgresErrorCodes.StatementCompletionUnknown } => false,
        { InvariantSeverity: "ERROR" } => true,
        { SqlState: PostgresErrorCodes.IdleSessionTimeout or IdleInTransactionTimeout } => true,
        _ => false,
    };
}
