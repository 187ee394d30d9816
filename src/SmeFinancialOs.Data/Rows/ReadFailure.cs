using System.Data;
using System.Data.Common;
using Npgsql;
using Npgsql.PostgresTypes;

namespace SmeFinancialOs.Data.Rows;

/// <summary>
/// What a caller is told of a row that cannot be read. Dapper and the converters of .NET quote the value, and what is in a row does not belong in a log:
/// the exceptions name columns and types alone.
/// </summary>
internal static class ReadFailure
{
    public static Exception Of(Type type, DbDataReader row, Exception fault)
    {
        // Npgsql has given the connection up meanwhile, in another thread, and says no more than that the reader is closed.
        if (row.IsClosed)
            return new NpgsqlException("The connection was lost while a row was read.", new IOException(fault.GetBaseException().GetType().Name));
        if (IsOfUnknownType(row, fault))
        {
            var columns = string.Join(", ", UnknownColumns(row).Select(column => $"\"{column}\""));
            return new UnknownDatabaseTypeException(
                $"A column has a type that did not exist when this data source read the types of the database: {columns}. "
                + "Call NpgsqlDataSource.ReloadTypesAsync after CREATE TYPE or CREATE EXTENSION, or restart the host. "
                + "A cast to text in the statement is read without.",
                fault.GetBaseException());
        }

        return new DataException($"A row cannot be read as {type} ({fault.GetBaseException().GetType().Name}); its columns: {Columns(row)}.");
    }

    public static DataException Null(Type type, DbDataReader row) =>
        new($"NULL cannot be read as {type}. Ask for a type that has null, or replace NULL by coalesce in the statement. The columns: {Columns(row)}.");

    public static DataException Empty(Type type, DbDataReader row, string why) =>
        new($"A row cannot be read as {type}: {why}. Its columns: {Columns(row)}.");

    /// <summary>Npgsql could not read a column, and there is one whose type it does not know. Its exception holds no value.</summary>
    public static bool IsOfUnknownType(DbDataReader row, Exception fault) =>
        fault.GetBaseException() is InvalidCastException { Source: nameof(Npgsql) } && !row.IsClosed && UnknownColumns(row).Any();

    private static IEnumerable<string> UnknownColumns(DbDataReader row) => row is not NpgsqlDataReader reader
        ? []
        : Enumerable.Range(0, reader.FieldCount).Where(column => reader.GetPostgresType(column) is UnknownBackendType).Select(reader.GetName);

    private static string Columns(DbDataReader row) =>
        string.Join(", ", Enumerable.Range(0, row.FieldCount).Select(column => $"\"{row.GetName(column)}\" {row.GetDataTypeName(column)}"));
}
