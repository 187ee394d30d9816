using Npgsql;

namespace SmeFinancialOs.Data.Bulk;

/// <summary>What a caller is told of a bulk load that failed.</summary>
internal static class InsertFault
{
    private const string GeneratedAlways = "428C9";

    /// <summary>The typed exception of a fault, or null where it says it best itself.</summary>
    public static TenantDataException? Of(Exception fault, TableName table, IReadOnlyList<ColumnSource> sources) => fault switch
    {
        InvalidValueException { SqlState: PostgresErrorCodes.InvalidTextRepresentation, InnerException: PostgresException answer }
            when answer.MessageText.Contains(InsertPlan<object>.StaleMark, StringComparison.Ordinal) =>
            new StalePreparedStatementException(
                $"The columns of {table} have changed since this host looked at them, and nothing was written. Do the work again: they are looked at anew.",
                    fault),
        PostgresException
        {
            SqlState: PostgresErrorCodes.DatatypeMismatch or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedTable
            or PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.CannotCoerce
            or GeneratedAlways or PostgresErrorCodes.InvalidSchemaName
        } answer =>
            new ColumnMismatchException(
                $"The rows do not fit {table}, and nothing was written: {answer.MessageText}. Give the property a type that goes with its column. If the table "
                + "has just been changed, do the work again: its columns are looked at anew.", answer),
        InvalidCastException or NotSupportedException or ArgumentException when fault.Source == nameof(Npgsql) && ByName(sources) is { Length: > 0 } named =>
            new ColumnMismatchException(
                $"Npgsql cannot write a property to its column of {table}, and nothing was written: {named}. Give it a type that goes with its column, or a "
                + "string, which PostgreSQL reads as it reads a literal.", fault),
        _ => null,
    };

    /// <summary>Whether another look at the table may help.</summary>
    public static bool MayBeStale(Exception fault) =>
        fault is ColumnMismatchException or StalePreparedStatementException or InvalidValueException { SqlState: null or PostgresErrorCodes.NotNullViolation };

    private static string ByName(IReadOnlyList<ColumnSource> sources) => string.Join(
        ", ", sources.Where(source => source.Encoding.DbType is null)
            .Select(source => $"{source.Property} to a {source.Column.TypeSchema}.{source.Column.TypeName}"));
}
