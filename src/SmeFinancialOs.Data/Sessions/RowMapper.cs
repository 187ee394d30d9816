using System.Data.Common;
using System.Globalization;
using Dapper;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>Dapper's mapping of a row, as its Query does it.</summary>
internal static class RowMapper
{
    /// <summary>For rows of the result the reader stands on.</summary>
    public static Func<DbDataReader, T> For<T>(NpgsqlDataReader reader)
    {
        var parse = reader.GetRowParser(typeof(T));
        return row => Convert<T>(parse(row));
    }

    /// <summary>For the first column.</summary>
    public static Func<DbDataReader, T> ForColumn<T>(NpgsqlDataReader reader)
    {
        // Dapper takes object for a whole row.
        if (typeof(T) == typeof(object))
            return row => Convert<T>(row.GetValue(0));
        var parse = reader.GetRowParser(typeof(T), startIndex: 0, length: 1);
        return row => Convert<T>(parse(row));
    }

    private static T Convert<T>(object? value) => value switch
    {
        T typed => typed,
        null or DBNull => default!,
        // A column of another type than was asked for, such as an int for a long.
        _ => (T)System.Convert.ChangeType(value, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T), CultureInfo.InvariantCulture),
    };
}
