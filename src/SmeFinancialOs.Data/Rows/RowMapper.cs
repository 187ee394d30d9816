using System.Data.Common;
using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Rows;

/// <summary>Dapper's mapping of a row and of a scalar. It throws where Dapper gives a value that no row holds.</summary>
internal static class RowMapper
{
    /// <summary>
    /// As Dapper's Query does it, for rows of the result the reader stands on, with columns in snake_case for members that are not.
    /// </summary>
    public static Func<DbDataReader, T> For<T>(NpgsqlDataReader reader, Statement statement) => For<T>(reader, statement, 0, reader.FieldCount);

    /// <summary>The same, of some of the columns.</summary>
    /// <param name="reader">Stands on the result.</param>
    /// <param name="statement">Whose result it is; it notes columns that fit nothing.</param>
    /// <param name="start">The first column.</param>
    /// <param name="end">Behind the last one.</param>
    /// <param name="isOptional">Whether an object whose first column is NULL is null.</param>
    public static Func<DbDataReader, T> For<T>(NpgsqlDataReader reader, Statement statement, int start, int end, bool isOptional = false)
    {
        // A SELECT without columns.
        if (reader.FieldCount == 0)
            return static row => throw ReadFailure.Empty(typeof(T), row, "the query gives no columns");
        var match = ColumnMatch.Of(typeof(T), reader, start, end);
        var columns = match?.Rename(reader, start) ?? reader;
        Func<DbDataReader, object?> parse;
        try
        {
            parse = columns.GetRowParser(typeof(T), start, end - start, isOptional);
        }
        catch (Exception fault) when (ReadFailure.IsOfUnknownType(reader, fault))
        {
            throw ReadFailure.Of(typeof(T), reader, fault);
        }

        if (match?.Unmatched is { } unmatched && MemberMapping.IsByMembers(typeof(T), parse))
            statement.NoteUnmatched(unmatched);
        return MemberMapping.WhyEmpty(typeof(T), parse, columns, start, end) is { } whyEmpty
            ? row => throw ReadFailure.Empty(typeof(T), row, whyEmpty)
            : row => Read<T>(row, parse);
    }

    /// <summary>As Dapper's ExecuteScalar does it, of the first column.</summary>
    public static T? Scalar<T>(NpgsqlDataReader reader)
    {
        try
        {
            switch (reader.GetValue(0))
            {
                case DBNull when default(T) is null:
                    return default;
                case DBNull:
                    break;
                case T value:
                    return value;
                case var value:
                    return ValueConversion.OfScalar<T>(value);
            }
        }
        catch (Exception fault) when (fault is not NpgsqlException)
        {
            throw ReadFailure.Of(typeof(T), reader, fault);
        }

        throw ReadFailure.Null(typeof(T), reader);
    }

    private static T Read<T>(DbDataReader row, Func<DbDataReader, object?> parse)
    {
        try
        {
            switch (parse(row))
            {
                case T value:
                    return value;
                case null when default(T) is null:
                    return default!;
                case { } value:
                    return ValueConversion.OfRow<T>(value);
            }
        }
        catch (Exception fault) when (fault is not NpgsqlException)
        {
            throw ReadFailure.Of(typeof(T), row, fault);
        }

        throw ReadFailure.Null(typeof(T), row);
    }
}
