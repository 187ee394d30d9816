using System.Globalization;
using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Rows;

/// <summary>A value of another type than was asked for, such as an int for a long, as Dapper converts it.</summary>
internal static class ValueConversion
{
    /// <summary>What Dapper's row parser gave. Dapper's Query goes on with it, in a method that has no public name.</summary>
    public static T OfRow<T>(object value)
    {
        if (value is Array array && typeof(T).IsArray)
            return (T)(object)Elements(array, typeof(T).GetElementType()!);
        var type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        return (T)(DateOrTime(value, type) ?? Convert.ChangeType(value, type, CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// By Dapper itself: its conversion of a scalar has no public name, so its ExecuteScalar is called with a command that answers with the value.
    /// </summary>
    public static T OfScalar<T>(object value) => new SingleCommandConnection(new Answer(value)).ExecuteScalar<T>("value")!;

    private static Array Elements(Array array, Type type)
    {
        var elements = Array.CreateInstance(type, array.Length);
        for (var i = 0; i < array.Length; i++)
            elements.SetValue(Convert.ChangeType(array.GetValue(i), type, CultureInfo.InvariantCulture), i);
        return elements;
    }

    /// <summary>Between these .NET has no conversion of its own; which of them a column is read as differs by version of Npgsql.</summary>
    private static object? DateOrTime(object value, Type type) => value switch
    {
        DateOnly date when type == typeof(DateTime) => date.ToDateTime(TimeOnly.MinValue),
        TimeOnly time when type == typeof(TimeSpan) => time.ToTimeSpan(),
        DateTime time when type == typeof(DateOnly) => DateOnly.FromDateTime(time),
        DateTime time when type == typeof(TimeOnly) => TimeOnly.FromDateTime(time),
        TimeSpan time when type == typeof(TimeOnly) => TimeOnly.FromTimeSpan(time),
        _ => null,
    };

    private sealed class Answer(object value) : NpgsqlCommand
    {
        public override object ExecuteScalar() => value;
    }
}
