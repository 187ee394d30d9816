using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>The typed exception of a server error, or null where the driver's own says it best.</summary>
internal static class FaultTranslation
{
    // Only names go into the messages, never values: they end up in logs.
    public static TenantDataException? Translate(PostgresException fault, TenantContext context) => fault.SqlState switch
    {
        PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ReadOnlySqlTransaction when context.Access == TenantAccess.Demo =>
            new DemoReadOnlyException($"The demo is read-only{On(fault)}.", fault),
        PostgresErrorCodes.ReadOnlySqlTransaction when !context.IsReadOnly =>
            new DatabaseUnavailableException($"The server takes no writes just now: it is a standby, or was made read-only. Connect to the primary to write{On(fault)}.", fault),
        PostgresErrorCodes.ReadOnlySqlTransaction =>
            new TenantAccessDeniedException($"The context is read-only: {context}. Open it for writes to write{On(fault)}.", fault),
        PostgresErrorCodes.InsufficientPrivilege =>
            new TenantAccessDeniedException($"The database refused this to {context}{On(fault)}: {fault.MessageText}", fault),
        "TD001" =>
            new TenantContextChangedException(fault.MessageText + ". Nothing was committed. " + fault.Hint, fault),
        PostgresErrorCodes.InvalidAuthorizationSpecification =>
            new SealedContextRefusedException($"The database refused the context of {context}: {fault.MessageText}. {fault.Hint}".TrimEnd(), fault),
        PostgresErrorCodes.UniqueViolation =>
            new DuplicateKeyException($"A row with the same key exists{On(fault)}.", fault),
        PostgresErrorCodes.ForeignKeyViolation =>
            new MissingReferenceException($"A row that is referred to does not exist in this organization, or is still referred to{On(fault)}.", fault),
        PostgresErrorCodes.NotNullViolation or PostgresErrorCodes.CheckViolation =>
            new InvalidValueException($"A value is not allowed{On(fault)}.", fault),
        // class 22, data exception: the server's text may quote the value
        { } state when state.StartsWith("22", StringComparison.Ordinal) =>
            new InvalidValueException($"The database refused a value ({state}{On(fault)}); the inner exception says which.", fault),
        _ => null,
    };

    /// <summary>The same where the server may have been committing.</summary>
    public static TenantDataException? TranslateCommitting(NpgsqlException fault, NpgsqlConnection connection, TenantContext context) =>
        fault is PostgresException answer && Translate(answer, context) is { } typed ? typed : CommitOutcome.Translate(fault, connection, context);

    /// <summary>The same of a statement, which commits where it is a transaction of its own.</summary>
    public static TenantDataException? Translate(NpgsqlException fault, SessionTarget target) => target.Transaction is null
        ? TranslateCommitting(fault, target.Connection, target.Context)
        : fault is PostgresException answer ? Translate(answer, target.Context) : null;

    private static string On(PostgresException fault) => (fault.TableName, fault.ConstraintName, fault.ColumnName) switch
    {
        (null, _, _) => "",
        (var table, { } constraint, _) => $" on table \"{table}\" (constraint \"{constraint}\")",
        (var table, null, { } column) => $" on table \"{table}\" (column \"{column}\")",
        var (table, _, _) => $" on table \"{table}\"",
    };
}
