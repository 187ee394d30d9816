using Microsoft.Extensions.Logging;

namespace SmeFinancialOs.Data.Diagnostics;

/// <summary>
/// The log events. An exception is never passed along: its text may quote what a statement held, and whoever catches it logs it. Identifiers,
/// kinds and counts are all that is said.
/// </summary>
internal static partial class Log
{
    public const string LoginCategory = "SmeFinancialOs.Data.Login";
    public const string AccessCategory = "SmeFinancialOs.Data.Access";
    public const string TransactionCategory = "SmeFinancialOs.Data.Transaction";
    public const string MappingCategory = "SmeFinancialOs.Data.Mapping";

    [LoggerMessage(100, LogLevel.Information, "Login \"{Login}\" of database \"{Database}\" was checked: it cannot bypass row-level security.")]
    public static partial void LoginChecked(this ILogger logger, string? login, string database);

    [LoggerMessage(101, LogLevel.Error, "Login \"{Login}\" of database \"{Database}\" was refused: {Fault}")]
    public static partial void LoginRefused(this ILogger logger, string? login, string database, string fault);

    [LoggerMessage(102, LogLevel.Warning,
        "The connection string of database \"{Database}\" has {Settings}: what rows hold, or a password, may come out in logs and spans.")]
    public static partial void SecretsExposed(this ILogger logger, string database, string settings);

    [LoggerMessage(103, LogLevel.Warning, "Login \"{Login}\" of database \"{Database}\" has settings by default, for all tenants: {Settings}. "
        + "If they are meant, name them in TenantConnectionOptions.AllowedLoginSettings.")]
    public static partial void LoginSettingsFound(this ILogger logger, string? login, string database, string settings);

    [LoggerMessage(200, LogLevel.Information, "Admin access to database \"{Database}\" was opened by {Actor}, read-only: {ReadOnly}, reason: {Reason}")]
    public static partial void AdminAccessOpened(this ILogger logger, string database, string actor, bool readOnly, string reason);

    [LoggerMessage(201, LogLevel.Warning, "Database \"{Database}\" refused a statement of {Context}: SQLSTATE {SqlState}")]
    public static partial void AccessDenied(this ILogger logger, string database, string context, string? sqlState);

    [LoggerMessage(202, LogLevel.Information, "Database \"{Database}\" refused a statement of the demo: SQLSTATE {SqlState}")]
    public static partial void DemoRefused(this ILogger logger, string database, string? sqlState);

    [LoggerMessage(203, LogLevel.Error, "A unit of work of {Context} in database \"{Database}\" was not committed: its tenant or role had been changed.")]
    public static partial void ContextChanged(this ILogger logger, string database, string context);

    [LoggerMessage(204, LogLevel.Error, "Database \"{Database}\" refused a statement: {Fault}")]
    public static partial void MissingPrivilege(this ILogger logger, string database, string fault);

    [LoggerMessage(300, LogLevel.Debug, "A unit of work of {Context} in database \"{Database}\" ended without a commit.")]
    public static partial void NotCommitted(this ILogger logger, string database, string context);

    [LoggerMessage(301, LogLevel.Warning,
        "A transaction of {Context} in database \"{Database}\" ({Operation}) is held for more than {Threshold} and still open.")]
    public static partial void HeldLong(this ILogger logger, string database, string context, string operation, TimeSpan threshold);

    [LoggerMessage(302, LogLevel.Warning, "A connection of {Context} to database \"{Database}\" was never disposed, and is back in its pool; "
        + "what was not committed is rolled back. Dispose units of work and streams.")]
    public static partial void LeakedConnectionReturned(this ILogger logger, string database, string context);

    [LoggerMessage(303, LogLevel.Error, "A connection of {Context} to database \"{Database}\" was never disposed, and is missing from its pool. "
        + "Dispose units of work; one whose raw connection was used cannot be returned.")]
    public static partial void ConnectionLeaked(this ILogger logger, string database, string context);

    [LoggerMessage(304, LogLevel.Warning, "A unit of work of {Context} in database \"{Database}\" wrote rows and was disposed without CommitAsync: "
        + "they are rolled back. Where that is meant, call RollbackAsync. Activity: {Activity}")]
    public static partial void CommitForgotten(this ILogger logger, string database, string context, string activity);

    [LoggerMessage(305, LogLevel.Warning,
        "A stream of {Context} in database \"{Database}\" was not read for {Timeout}, and was ended. Its connection is back in the pool.")]
    public static partial void StreamIdle(this ILogger logger, string database, string context, TimeSpan timeout);

    [LoggerMessage(400, LogLevel.Warning, "Rows of a query in database \"{Database}\" were read as {Type}: it has no member for the columns {Columns}, and "
        + "no column for its members {Members}, which keep their defaults. Name them alike, as customer_name and CustomerName are.")]
    public static partial void ColumnsUnmatched(this ILogger logger, string database, string type, string columns, string members);
}
