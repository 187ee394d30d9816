using System.Linq.Expressions;
using System.Text.Json;
using System.Text.Json.Nodes;
using NpgsqlTypes;

namespace SmeFinancialOs.Data.Bulk;

/// <summary>How the values of a property are sent: as what, and whether the server casts them to the type of the column.</summary>
/// <param name="Value">The value that is sent, of a property.</param>
/// <param name="DbType">Its type; null for one that Npgsql is told by name.</param>
/// <param name="TypeName">The name of its type, as Npgsql has it.</param>
/// <param name="SqlType">The same for SQL.</param>
/// <param name="IsCast">Whether the server casts it. It converts other values as INSERT does, and refuses those that do not fit.</param>
internal sealed record ColumnEncoding(Expression Value, NpgsqlDbType? DbType, string TypeName, string SqlType, bool IsCast)
{
    private static readonly Dictionary<Type, (Type Sent, NpgsqlDbType Type, string Name)> Direct = new()
    {
        [typeof(bool)] = (typeof(bool), NpgsqlDbType.Boolean, "bool"),
        [typeof(byte)] = (typeof(short), NpgsqlDbType.Smallint, "int2"),
        [typeof(sbyte)] = (typeof(short), NpgsqlDbType.Smallint, "int2"),
        [typeof(short)] = (typeof(short), NpgsqlDbType.Smallint, "int2"),
        [typeof(ushort)] = (typeof(int), NpgsqlDbType.Integer, "int4"),
        [typeof(int)] = (typeof(int), NpgsqlDbType.Integer, "int4"),
        [typeof(uint)] = (typeof(long), NpgsqlDbType.Bigint, "int8"),
        [typeof(long)] = (typeof(long), NpgsqlDbType.Bigint, "int8"),
        [typeof(ulong)] = (typeof(decimal), NpgsqlDbType.Numeric, "numeric"),
        [typeof(decimal)] = (typeof(decimal), NpgsqlDbType.Numeric, "numeric"),
        [typeof(float)] = (typeof(float), NpgsqlDbType.Real, "float4"),
        [typeof(double)] = (typeof(double), NpgsqlDbType.Double, "float8"),
        [typeof(Guid)] = (typeof(Guid), NpgsqlDbType.Uuid, "uuid"),
        [typeof(DateOnly)] = (typeof(DateOnly), NpgsqlDbType.Date, "date"),
        [typeof(TimeOnly)] = (typeof(TimeOnly), NpgsqlDbType.Time, "time"),
        [typeof(byte[])] = (typeof(byte[]), NpgsqlDbType.Bytea, "bytea"),
    };

    /// <summary>How a value is sent to a column; null where the two do not go together.</summary>
    public static ColumnEncoding? Of(Expression value, TableColumn column)
    {
        var type = Nullable.GetUnderlyingType(value.Type) ?? value.Type;
        if (column.IsArray && type != typeof(string))
            return ArrayText.Of(type, column) is { } text ? AsText(value, text, column) : null;
        if (type == typeof(object))
            return null;
        if (type.IsEnum)
            return OfEnum(value, type, column);
        if (type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(TimeSpan))
            return OfTime(value, type, column);
        if (type == typeof(string))
            return new(value, NpgsqlDbType.Text, "text", "pg_catalog.text", column.BaseCategory != "S");
        if (type == typeof(char) || type == typeof(JsonDocument) || type == typeof(JsonElement) || typeof(JsonNode).IsAssignableFrom(type))
            return AsText(value, ElementText.Of(type, column)!, column);
        // The server would round it.
        if (type == typeof(decimal) || type == typeof(double) || type == typeof(float))
        {
            if (column.IsBase("int2", "int4", "int8"))
                return null;
        }

        return Direct.TryGetValue(type, out var direct) ? As(value, direct.Sent, direct.Type, direct.Name) : ByName(value, column);
    }

    private static ColumnEncoding As(Expression value, Type sent, NpgsqlDbType type, string name)
    {
        var isNullable = sent.IsValueType && Nullable.GetUnderlyingType(value.Type) is not null;
        return new(Expression.Convert(value, isNullable ? typeof(Nullable<>).MakeGenericType(sent) : sent), type, name, $"pg_catalog.{name}", IsCast: false);
    }

    /// <summary>As Npgsql writes it: ranges, addresses, types that the host has mapped.</summary>
    private static ColumnEncoding ByName(Expression value, TableColumn column) => new(
        value, null, column.BaseSchema == "pg_catalog" ? column.BaseName : $"{column.BaseSchema}.{column.BaseName}",
        $"{TableName.Quote(column.BaseSchema)}.{TableName.Quote(column.BaseName)}", IsCast: false);

    private static ColumnEncoding AsText(Expression value, Func<object, string> text, TableColumn column)
    {
        Func<object?, string?> orNull = given => given is null ? null : text(given);
        return new(
            Expression.Invoke(Expression.Constant(orNull), Expression.Convert(value, typeof(object))), NpgsqlDbType.Text, "text", "pg_catalog.text",
            column.BaseCategory != "S");
    }

    private static ColumnEncoding? OfEnum(Expression value, Type type, TableColumn column)
    {
        if (column.BaseCategory != "N")
            return ElementText.Of(type, column) is { } text ? AsText(value, text, column) : null;
        var number = Enum.GetUnderlyingType(type);
        return Of(Expression.Convert(value, value.Type == type ? number : typeof(Nullable<>).MakeGenericType(number)), column);
    }

    /// <summary>The server would convert between times of different kinds by the time zone of its session.</summary>
    private static ColumnEncoding? OfTime(Expression value, Type type, TableColumn column)
    {
        if (type == typeof(TimeSpan))
        {
            return column.IsBase("time") ? Checked<TimeSpan, TimeOnly>(ColumnTime.OfDay, NpgsqlDbType.Time, "time")
                : As(value, typeof(TimeSpan), NpgsqlDbType.Interval, "interval");
        }

        if (type == typeof(DateTimeOffset))
            return column.IsBase("timestamptz") ? Checked<DateTimeOffset, DateTime>(ColumnTime.Utc, NpgsqlDbType.TimestampTz, "timestamptz") : null;
        if (column.IsBase("timestamptz"))
            return Checked<DateTime, DateTime>(ColumnTime.RequireUtc, NpgsqlDbType.TimestampTz, "timestamptz");
        return column.IsBase("timestamp") ? Checked<DateTime, DateTime>(ColumnTime.RequireLocal, NpgsqlDbType.Timestamp, "timestamp")
            : column.IsBase("date") ? Checked<DateTime, DateOnly>(ColumnTime.RequireDate, NpgsqlDbType.Date, "date") : null;

        ColumnEncoding Checked<TGiven, TSent>(Func<TGiven, TSent> check, NpgsqlDbType sent, string name)
            where TGiven : struct
            where TSent : struct
        {
            Func<TGiven?, TSent?> orNull = given => given is { } known ? check(known) : null;
            return new(Expression.Invoke(Expression.Constant(orNull), Expression.Convert(value, typeof(TGiven?))), sent, name, $"pg_catalog.{name}",
                IsCast: false);
        }
    }
}
