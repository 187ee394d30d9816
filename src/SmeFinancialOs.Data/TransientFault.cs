using System.Net.Sockets;
using Npgsql;

namespace SmeFinancialOs.Data;

/// <summary>Tells which faults of sessions and units of work may be answered by doing the work again, for a retry policy of the host's choice.</summary>
public static class TransientFault
{
    /// <summary>
    /// Whether nothing was committed for certain and another attempt can succeed. The attempt is the whole unit of work, from its opening on, or the whole
    /// session call.
    /// </summary>
    /// <param name="exception">
    /// What a call of this library threw; the exception of a mapper around it, such as EF Core's, is looked into. About a commit that the host sent by
    /// itself on a raw connection it cannot tell.
    /// </param>
    /// <returns>
    /// True for serialization failures (40001), deadlocks (40P01), locks not had in time (55P03), a server that stops, starts or ends a session (57P01,
    /// 57P02, 57P03, 57P05), a server short of connections or memory (53300, 53200, 53000), a lost connection (class 08 and faults of the network), a command that
    /// timed out on the client, and <see cref="DatabaseUnavailableException"/> unless login or database is wrong. False for all else, above all
    /// <see cref="CommitOutcomeUnknownException"/> and <see cref="OperationCanceledException"/>.
    /// </returns>
    public static bool IsSafeToRetry(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception switch
        {
            OperationCanceledException => false,
            DatabaseUnavailableException { InnerException: PostgresException refused } => IsTransient(refused.SqlState),
            DatabaseUnavailableException => true,
            TenantDataException => false,
            PostgresException answer => IsTransient(answer.SqlState),
            NpgsqlException { InnerException: IOException or SocketException or TimeoutException } => true,
            AggregateException several => several.InnerExceptions.All(IsSafeToRetry),
            { InnerException: { } inner } => IsSafeToRetry(inner),
            _ => false,
        };
    }

    private static bool IsTransient(string state) => state switch
    {
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable => true,
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.IdleSessionTimeout => true,
        PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.OutOfMemory or PostgresErrorCodes.InsufficientResources => true,
        // Of a server that has become a standby, or was made read-only: the context of the caller may write.
        PostgresErrorCodes.ReadOnlySqlTransaction => true,
        // 08007: the server itself does not know what became of the transaction.
        PostgresErrorCodes.TransactionResolutionUnknown => false,
        _ => state.StartsWith("08", StringComparison.Ordinal),
    };
}
