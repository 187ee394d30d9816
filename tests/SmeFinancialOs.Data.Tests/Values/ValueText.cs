using System.Collections;
using System.Globalization;
using System.Net;
using System.Text.Json;
using NodaTime;

namespace SmeFinancialOs.Data.Tests.Values;

/// <summary>A value in words, by which two are compared: its type, and all that it holds.</summary>
internal static class ValueText
{
    public static string Of(object? value) => value switch
    {
        null => "null",
        DBNull => "DBNull",
        string text => $"\"{text}\"",
        DateTime time => $"DateTime {time.ToString("o", CultureInfo.InvariantCulture)} {time.Kind}",
        DateTimeOffset time => $"DateTimeOffset {time.ToString("o", CultureInfo.InvariantCulture)}",
        JsonDocument document => $"JsonDocument {document.RootElement.GetRawText()}",
        IDictionary<string, object?> row => $"{{{Join(row.Select(cell => $"{cell.Key}: {Of(cell.Value)}"))}}}",
        Array { Rank: > 1 } array => $"{array.GetType().Name} {array.GetLength(0)} x {array.GetLength(1)} [{Items(array)}]",
        IPAddress or Period => $"{value.GetType().Name} {value}",
        IEnumerable items => $"{value.GetType()} [{Items(items)}]",
        _ when value.GetType() is { Namespace: "SmeFinancialOs.Data.Tests.Values", IsEnum: false } type => $"{type.Name} {{{Join(Members(type, value))}}}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value.GetType().Name} {value}"),
    };

    private static IEnumerable<string> Members(Type type, object value) =>
    [
        .. type.GetProperties().Select(property => $"{property.Name}: {Of(property.GetValue(value))}"),
        .. type.GetFields().Select(field => $"{field.Name}: {Of(field.GetValue(value))}"),
    ];

    private static string Items(IEnumerable items) => Join(items.Cast<object?>().Select(Of));

    private static string Join(IEnumerable<string> texts) => string.Join(", ", texts);
}
