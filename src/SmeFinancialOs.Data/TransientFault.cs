using System.Net.Sockets;
using Npgsql;

namespace SmeFinancialOs.Data;

/// <summary>Tells which faults of sessions and units of work may be answered by doing the work again, for a retry policy of the host's choice.</summary>
public static class TransientFault
{
    /// <summary>
    /// Whether nothing was committed for certain and another attempt can succeed. The attempt is the whole unit of work, from its opening on, or
    /// the whole session call.
    /// </summary>
    /// <param name="exception">
    /// What a call of this library threw; the exception of a mapper around it, such as EF Core's, is looked into. About a commit that the host sent by
    /// itself on a raw connection it cannot tell.
    /// </param>
    /// <returns>
    /// True for serialization failures (40001), deadlocks (40P01), locks not had in time (55P03), a server that stops, starts or ends a session (57P01,
    /// 57P02, 57P03, 57P05), a server short of connections or memory (53300, 53200, 53000), a lost connection (class 08 but for 08P01 of the server itself,
    /// and faults of the network), a command that timed out on the client, <see cref="StalePreparedStatementException"/>, and
    /// <see cref="DatabaseUnavailableException"/> unless login or database is wrong. False for all else, above all
    /// <see cref="CommitOutcomeUnknownException"/>, <see cref="WorkCommittedException"/> and <see cref="OperationCanceledException"/>.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="exception"/> is null.</exception>
    public static bool IsSafeToRetry(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception switch
        {
            OperationCanceledException => false,
            // Of a server that has become a standby, or was made read-only: the context of the caller may write.
            DatabaseUnavailableException { InnerException: PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } } => true,
            DatabaseUnavailableException { InnerException: PostgresException refused } => IsTransient(refused),
            DatabaseUnavailableException or StalePreparedStatementException => true,
            TenantDataException => false,
            PostgresException answer => IsTransient(answer),
            NpgsqlException { InnerException: IOException or SocketException or TimeoutException } => true,
            AggregateException several => several.InnerExceptions.All(IsSafeToRetry),
            { InnerException: { } inner } => IsSafeToRetry(inner),
            _ => false,
        };
    }

    private static bool IsTransient(PostgresException answer) => answer.SqlState switch
    {
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable => true,
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.IdleSessionTimeout =>
            true,
        PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.OutOfMemory or PostgresErrorCodes.InsufficientResources => true,
        // 08007: the server itself does not know what became of the transaction.
        PostgresErrorCodes.TransactionResolutionUnknown => false,
        // 08P01 of PostgreSQL is a fault of the program, such as a parameter too few. A pooler says so of a lost server, and names no routine of PostgreSQL.
        PostgresErrorCodes.ProtocolViolation => string.IsNullOrEmpty(answer.Routine),
        var state => state.StartsWith("08", StringComparison.Ordinal),
    };
}
