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
        { InnerException: TimeoutException or NpgsqlException { InnerException: TimeoutException } } when fault.Message.Contains("pool has been exhausted", StringComparison.Ordinal) => "pool exhausted",
        PostgresException server => Of(server),
        DatabaseUnavailableException => "no connection",
        { InnerException: PostgresException server } => Of(server),
        NpgsqlException { InnerException: TimeoutException } => "timeout",
        NpgsqlException { InnerException: IOException or SocketException } => "connection lost",
        { InnerException: NpgsqlException { InnerException: IOException or SocketException } } => "connection lost",
        _ => null,
    };

    /// <summary>Whether the server has said no, so that nothing of the transaction can be there.</summary>
    public static bool IsRolledBack(Exception fault) =>
        (fault as PostgresException ?? fault.InnerException as PostgresException) is { SqlState: var state } && !state.StartsWith("57P", StringComparison.Ordinal) && !state.StartsWith("08", StringComparison.Ordinal)
        || fault is DatabaseUnavailableException;

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
