using System.Net.Sockets;
using Npgsql;

namespace SmeFinancialOs.Data.Torture.Tests.Load;

/// <summary>What went wrong, by the exception that a caller saw.</summary>
internal static class FaultKind
{
    /// <summary>The name of a fault that this run brings about itself; null for one that nothing here explains.</summary>
    public static string? Of(Exception fault) => fault switch
    {
        UserException => "exception in user code",
        OperationCanceledException => "cancelled by its caller",
        { InnerException: TimeoutException or NpgsqlException { InnerException: TimeoutException } } when fault.Message.Contains("pool has been exhausted",
            StringComparison.Ordinal) => "pool exhausted",
        CommitOutcomeUnknownException => "commit not acknowledged",
        PostgresException server => Of(server),
        DatabaseUnavailableException => "no connection",
        { InnerException: PostgresException server } => Of(server),
        NpgsqlException { InnerException: TimeoutException } => "timeout",
        NpgsqlException { InnerException: IOException or SocketException } => "connection lost",
        { InnerException: NpgsqlException { InnerException: IOException or SocketException } } => "connection lost",
        _ => null,
    };

    /// <summary>
    /// Whether nothing of the transaction can be there: the library says that it may be tried again, or the server has said no to a statement.
    /// </summary>
    public static bool IsRolledBack(Exception fault) =>
        TransientFault.IsSafeToRetry(fault)
        || (fault is not (CommitOutcomeUnknownException or OperationCanceledException)
            && (fault as PostgresException ?? fault.InnerException as PostgresException) is { InvariantSeverity: "ERROR" });

    private static string? Of(PostgresException fault) => fault.SqlState switch
    {
        PostgresErrorCodes.QueryCanceled when fault.MessageText.Contains("statement timeout", StringComparison.Ordinal) => "statement timeout",
        PostgresErrorCodes.QueryCanceled => "cancelled by another session",
        PostgresErrorCodes.LockNotAvailable => "lock timeout",
        PostgresErrorCodes.SerializationFailure => "serialization failure",
        PostgresErrorCodes.DeadlockDetected => "deadlock",
        PostgresErrorCodes.AdminShutdown => "session terminated",
        PostgresErrorCodes.CrashShutdown => "server crashed",
        PostgresErrorCodes.CannotConnectNow => "no connection",
        "25P03" => "idle in transaction",
        // PgBouncer, when its server connection is gone
        { } state when state.StartsWith("08", StringComparison.Ordinal) => "pooler lost its server",
        _ => null,
    };
}

/// <summary>Thrown by the host's code in the middle of a unit of work.</summary>
internal sealed class UserException : Exception;
