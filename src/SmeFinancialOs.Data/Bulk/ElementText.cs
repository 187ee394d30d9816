using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SmeFinancialOs.Data.Bulk;

/// <summary>Values as PostgreSQL reads them from text, whatever the settings of its session are.</summary>
internal static class ElementText
{
    /// <summary>For values of a type, in a column or in an array that is one; null where the type has no text.</summary>
    public static Func<object, string>? Of(Type type, TableColumn column)
    {
        if (type.IsEnum)
            return EnumText.Of(type, column);
        if (type == typeof(string))
            return static value => (string)value;
        if (type == typeof(char) || type == typeof(Guid))
            return static value => value.ToString()!;
        if (type == typeof(bool))
            return static value => (bool)value ? "true" : "false";
        if (type == typeof(byte[]))
            return static value => "\\x" + Convert.ToHexString((byte[])value);
        if (type.IsPrimitive || type == typeof(decimal))
            return OfNumber(type, column);
        if (type == typeof(DateOnly))
            return static value => Text((DateOnly)value);
        if (type == typeof(TimeOnly))
            return static value => ((TimeOnly)value).ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        if (type == typeof(TimeSpan))
            return OfTimeSpan(column);
        if (type == typeof(DateTime))
            return OfDateTime(column);
        if (type == typeof(DateTimeOffset))
            return column.IsBase("_timestamptz") ? static value => Text(((DateTimeOffset)value).UtcDateTime) + "+00" : null;
        if (type == typeof(JsonDocument))
            return static value => ((JsonDocument)value).RootElement.GetRawText();
        if (type == typeof(JsonElement))
        {
            return static value => ((JsonElement)value).ValueKind != JsonValueKind.Undefined ? ((JsonElement)value).GetRawText()
                : throw new UnwritableValueException("a JsonElement that was never set has no JSON");
        }

        return typeof(JsonNode).IsAssignableFrom(type) ? static value => ((JsonNode)value).ToJsonString() : null;
    }

    /// <summary>The server would round a fraction.</summary>
    private static Func<object, string>? OfNumber(Type type, TableColumn column) =>
        (type == typeof(decimal) || type == typeof(double) || type == typeof(float)) && column.IsBase("_int2", "_int4", "_int8")
            ? null
            : static value => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture);

    private static Func<object, string> OfTimeSpan(TableColumn column) => column.IsBase("_time")
        ? static value => ColumnTime.OfDay((TimeSpan)value).ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture)
        : static value => string.Create(
            CultureInfo.InvariantCulture, $"{((TimeSpan)value).Days} days {((TimeSpan)value).Ticks % TimeSpan.TicksPerDay / 10} microseconds");

    private static Func<object, string>? OfDateTime(TableColumn column) =>
        column.IsBase("_timestamptz") ? static value => Text(ColumnTime.RequireUtc((DateTime)value)) + "+00"
        : column.IsBase("_timestamp") ? static value => Text(ColumnTime.RequireLocal((DateTime)value))
        : column.IsBase("_date") ? static value => Text(ColumnTime.RequireDate((DateTime)value))
        : null;

    private static string Text(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Text(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
}
