using System.Data;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace SmeFinancialOs.Data.Tests.Values;

/// <summary>Where a session does not give what Dapper gives, each with its reason. In all of them but the last two it throws where Dapper gives a value
/// that no row holds.</summary>
internal sealed record Difference(string Name, Type Type, string Sql, string Reason, Func<Compared, Given, bool> Applies);

/// <inheritdoc cref="Difference"/>
internal static class IntendedDifferences
{
    private const string SnakeCase = "SELECT 7 AS i_d, 'n' AS na_me";

    public static readonly IReadOnlyList<Difference> All =
    [
        new("NULL of a scalar", typeof(int), "SELECT NULL::int4 AS value", "NULL is not 0, false or 1970: a type without null cannot say it.", static (pair,
            ours) =>
            pair.Dapper.Form == "Scalar" && pair.Type.IsValueType && Nullable.GetUnderlyingType(pair.Type) is null && pair.Dapper.Value == Empty(pair.Type)
                && Says(ours, "NULL")),
        new("no member for any column", typeof(OrderId), "SELECT 'b6d3d4a6-7a0f-4d7c-9b2c-0c7d6d6f0a01'::uuid AS id",
            "The type has members, and no column is one of them: Dapper gives an empty one for each row.", static (pair, ours) =>
            pair.Dapper.Form != "Scalar" && Nullable.GetUnderlyingType(pair.Type) is null && IsEmpty(pair.Type, pair.Dapper.Value) && Says(ours, "no column")),
        new("rows without columns", typeof(int), "SELECT FROM generate_series(1, 2)",
            "A stream has given its first row by the time that it is seen to have no column.", static (pair, ours) =>
            ours.Form == "QueryUnbufferedAsync" && pair.Sql.StartsWith("SELECT FROM", StringComparison.Ordinal) && Says(ours, "no columns")),
        new("nullable struct", typeof(OrderId?), "SELECT 'b6d3d4a6-7a0f-4d7c-9b2c-0c7d6d6f0a01'::uuid AS id",
            "Dapper fills the members of a struct, not those of its nullable form: it gives null whatever the row holds.", static (pair, ours) =>
            pair.Dapper.Form != "Scalar" && Nullable.GetUnderlyingType(pair.Type) is { IsEnum: false } type && !typeof(ITuple).IsAssignableFrom(type)
            && IsEmpty(pair.Type, pair.Dapper.Value) && Says(ours, "nullable")),
        new("stream without a row", typeof(Positional), "SELECT 1 AS value WHERE false", "A stream looks for a constructor when its first row is there.",
            static (pair, ours) =>
            ours.Form == "QueryUnbufferedAsync" && ours.Value == $"{pair.Type}[] []" && pair.Dapper.Fault is InvalidOperationException),
        new("columns in snake_case", typeof(IdAndName), SnakeCase, "Tables are written in snake_case and types in PascalCase: a member is filled by either.",
            static (pair, ours) =>
            pair.Sql == SnakeCase && pair.Dapper.Form != "Scalar" && ours.Value?.Contains("Id: Int32 7", StringComparison.Ordinal) == true),
    ];

    /// <summary>Dapper's answer is an empty value, or a list of nothing else.</summary>
    private static bool IsEmpty(Type type, string? value)
    {
        var list = $"{type.MakeArrayType()} [";
        return value is not null && (value == Empty(type)
            || value.StartsWith(list, StringComparison.Ordinal) && value[list.Length..^1] is { Length: > 0 } rows
                && rows.Replace(Empty(type), "", StringComparison.Ordinal).Trim(' ', ',').Length == 0);
    }

    /// <summary>In words, what a type is before anything of it is filled.</summary>
    private static string Empty(Type type)
    {
        if (type.IsValueType)
            return ValueText.Of(Activator.CreateInstance(type));
        var hasDefault = type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Any(constructor =>
            constructor.GetParameters().Length == 0);
        return ValueText.Of(hasDefault && !type.IsAbstract && type != typeof(string) ? Activator.CreateInstance(type, nonPublic: true) : null);
    }

    private static bool Says(Given ours, string words) => ours.Fault is DataException && ours.Fault.Message.Contains(words, StringComparison.Ordinal);
}
