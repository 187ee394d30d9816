using System.Data;
using System.Data.Common;
using System.Globalization;
using Dapper;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>Dapper's mapping of a row, as its Query does it.</summary>
internal static class RowMapper
{
    /// <summary>For rows of the result the reader stands on.</summary>
    public static Func<DbDataReader, T> For<T>(NpgsqlDataReader reader) => Guarded<T>(reader.GetRowParser(typeof(T)));

    /// <summary>For the first column.</summary>
    public static Func<DbDataReader, T> ForColumn<T>(NpgsqlDataReader reader) =>
        // Dapper takes object for a whole row.
        Guarded<T>(typeof(T) == typeof(object) ? static row => row.GetValue(0) : reader.GetRowParser(typeof(T), startIndex: 0, length: 1));

    private static Func<DbDataReader, T> Guarded<T>(Func<DbDataReader, object> parse) => row =>
    {
        try
        {
            return Convert<T>(parse(row));
        }
        // Npgsql has given the connection up meanwhile, in another thread, and says no more than that the reader is closed.
        catch (Exception fault) when (fault is not NpgsqlException && row.IsClosed)
        {
            throw new NpgsqlException("The connection was lost while a row was read.", new IOException(fault.GetBaseException().GetType().Name));
        }
        // Dapper and the converters of .NET quote the value that they cannot read, and what is in a row does not belong in a log: no inner exception.
        catch (Exception fault) when (fault is not NpgsqlException)
        {
            throw new DataException($"A row cannot be read as {typeof(T)} ({fault.GetBaseException().GetType().Name}); its columns: {Columns(row)}.");
        }
    };

    private static string Columns(DbDataReader row) =>
        string.Join(", ", Enumerable.Range(0, row.FieldCount).Select(column => $"\"{row.GetName(column)}\" {row.GetDataTypeName(column)}"));

    private static T Convert<T>(object? value) => value switch
    {
        T typed => typed,
        null or DBNull => default!,
        // A column of another type than was asked for, such as an int for a long.
        _ => (T)System.Convert.ChangeType(value, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T), CultureInfo.InvariantCulture),
    };
}
