using Npgsql;
using SmeFinancialOs.Data.Connections;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>The typed exception of a server error, or null where the driver's own says it best.</summary>
internal static class FaultTranslation
{
    /// <summary>An error that PostgreSQL has answered with, by its SQLSTATE. Only names go into the messages, never values: they end up in logs.</summary>
    public static TenantDataException? Translate(PostgresException fault, TenantContext context) => fault.SqlState switch
    {
        PostgresErrorCodes.ReadOnlySqlTransaction when context.Access == TenantAccess.Demo =>
            new DemoReadOnlyException($"The demo is read-only{On(fault)}.", fault),
        PostgresErrorCodes.ReadOnlySqlTransaction when !context.IsReadOnly =>
            new DatabaseUnavailableException(
                $"The server takes no writes just now: it is a standby, or was made read-only. Connect to the primary to write{On(fault)}.", fault),
        PostgresErrorCodes.ReadOnlySqlTransaction =>
            new TenantAccessDeniedException($"The context is read-only: {context}. Open it for writes to write{On(fault)}.", fault),
        PostgresErrorCodes.InsufficientPrivilege => Refused(fault, context),
        "TD001" =>
            new TenantContextChangedException(fault.MessageText + ", and it was rolled back. " + fault.Hint, fault),
        PostgresErrorCodes.InvalidTransactionTermination =>
            new TransactionControlException(
                "SQL tried to end the transaction that it runs in, and all of it was rolled back. A function, procedure or DO must not COMMIT or ROLLBACK.",
                fault),
        PostgresErrorCodes.IdleSessionTimeout => IdleSessionEnded(fault),
        PostgresErrorCodes.InvalidAuthorizationSpecification =>
            new SealedContextRefusedException($"The database refused the context of {context}: {fault.MessageText}. {fault.Hint}".TrimEnd(), fault),
        PostgresErrorCodes.UniqueViolation =>
            new DuplicateKeyException($"A row with the same key exists{On(fault)}.", fault),
        PostgresErrorCodes.ForeignKeyViolation =>
            new ForeignKeyViolationException($"A row that is referred to does not exist in this organization, or is still referred to{On(fault)}.", fault),
        PostgresErrorCodes.NotNullViolation or PostgresErrorCodes.CheckViolation =>
            new InvalidValueException($"A value is not allowed{On(fault)}.", fault),
        // class 22, data exception: the server's text may quote the value
        { } state when state.StartsWith("22", StringComparison.Ordinal) =>
            new InvalidValueException($"The database refused a value ({state}{On(fault)}); the inner exception says which.", fault),
        _ => null,
    };

    /// <summary>
    /// The end of a session that was idle for too long: nothing was run. SQL can raise the same SQLSTATE as an ERROR, and a pooler can send it without a
    /// routine; neither is one.
    /// </summary>
    public static TenantDataException? IdleSessionEnded(PostgresException fault) =>
        fault is { SqlState: PostgresErrorCodes.IdleSessionTimeout, InvariantSeverity: "FATAL", Routine: not (null or "") }
            ? new DatabaseUnavailableException(
                "The server had ended the session, because it was idle for longer than idle_session_timeout allows. Nothing was run.", fault)
            : null;

    /// <summary>
    /// An error of a statement. In a session the statement commits, so the outcome may be unknown; in a unit of work CommitAsync does, and until then a lost
    /// connection means that all is rolled back.
    /// </summary>
    public static TenantDataException? TranslateStatement(NpgsqlException fault, LeasedConnection connection)
    {
        if (connection.IsSession)
            return TranslateCommit(fault, connection);
        return fault is PostgresException answer ? Translate(answer, connection.Context) : null;
    }

    /// <summary>An error of a COMMIT, or of a statement that commits: its outcome may be unknown, which <see cref="CommitOutcome"/> decides.</summary>
    public static TenantDataException? TranslateCommit(NpgsqlException fault, LeasedConnection connection)
    {
        if (fault is PostgresException answer && Translate(answer, connection.Context) is { } typed)
            return typed;
        return CommitOutcome.Unknown(fault, connection);
    }

    /// <summary>
    /// An error of the check of the context (<c>app.require_context</c>), which runs ahead of each commit. All is rolled back, unless SQL ended the transaction
    /// before the check.
    /// </summary>
    public static TenantDataException? TranslateCheck(PostgresException fault, LeasedConnection connection) => fault.SqlState switch
    {
        // Without the role of the context nothing in the schema of the check may be used: it was reset, or it ended with the transaction.
        PostgresErrorCodes.InsufficientPrivilege when connection.IsSession => new TransactionControlException(
            "SQL has reset the role of this call, and all of it was rolled back. Leave role and app.current_org_id to the library.", fault),
        PostgresErrorCodes.InsufficientPrivilege => EndedBySql(fault),
        _ => Stale(fault),
    };

    /// <summary>A unit of work whose transaction is not the one that it began.</summary>
    public static TransactionControlException EndedBySql(Exception? inner = null) => new(
        "The transaction of this unit of work is not in force any more: SQL on its connection has ended it by COMMIT or ROLLBACK, or has reset its role. "
        + "What ran before that may be committed: look before it is done again. End a unit of work by CommitAsync, RollbackAsync or DisposeAsync alone.", inner)
    {
        MayBePartlyCommitted = true,
    };

    /// <summary>The typed exception of a prepared statement that cannot be used any more; for texts that name none themselves.</summary>
    public static StalePreparedStatementException? Stale(PostgresException fault) => LeasedConnection.IsStale(fault)
        ? new(
            "A statement that was prepared on this connection is gone or out of date, because a table was changed or SQL has taken it away. "
            + "Nothing was committed: do the work again, all of it.", fault)
        : null;

    private static TenantDataException Refused(PostgresException fault, TenantContext context)
    {
        if (context.Access == TenantAccess.Demo && RefusingRoutine.IsOfWrites(fault))
            return new DemoReadOnlyException($"The demo is read-only{On(fault)}.", fault);
        if (RefusingRoutine.IsMissingGrant(fault))
        {
            return new MissingPrivilegeException(
                $"The role of {context} lacks a privilege{On(fault)}: {fault.MessageText}. It is not row-level security. If the statement is right, GRANT the "
                + $"privilege to TenantConnectionOptions.{RoleOption(context)}; app.protect_table does so for a table of tenants. What takes the owner belongs "
                + "in a migration.", fault);
        }

        if (RefusingRoutine.IsMissingRight(fault))
        {
            return new MissingPrivilegeException(
                $"The role of {context} has no right to a command: {fault.MessageText}. No role of a context should have it: run such a command as the owner, "
                + "in a migration.", fault);
        }

        // Row-level security, a function of the host, and what is not known: it may be about a row of another tenant, so nobody is told that it is not.
        return new TenantAccessDeniedException($"The database refused this to {context}{On(fault)}: {fault.MessageText}", fault);
    }

    private static string RoleOption(TenantContext context) =>
        context.Access == TenantContext.ResolverAccess ? nameof(TenantConnectionOptions.ResolverRole) : $"{context.Access}Role";

    private static string On(PostgresException fault) => (fault.TableName, fault.ConstraintName, fault.ColumnName) switch
    {
        (null, _, _) => "",
        (var table, { } constraint, _) => $" on table \"{table}\" (constraint \"{constraint}\")",
        (var table, null, { } column) => $" on table \"{table}\" (column \"{column}\")",
        var (table, _, _) => $" on table \"{table}\"",
    };
}
