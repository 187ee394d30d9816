using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;

namespace SmeFinancialOs.Data.Rows;

/// <summary>What Dapper fills member by member. Columns that are no member of the type are passed over, be it all of them.</summary>
internal static class MemberMapping
{
    /// <summary>Why no row fills anything of the type, or null where a row does.</summary>
    public static string? WhyEmpty(Type type, Func<DbDataReader, object?> parse, DbDataReader reader, int start, int end)
    {
        if (!IsByMembers(type, parse))
            return null;
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return $"Dapper fills the members of {underlying}, not of its nullable form. Ask for that, for a class, or register a SqlMapper.TypeHandler";
        return IsFilled(type, reader, start, end)
            ? null
            : "no column has the name of a member. Give the columns the names of members, or register a SqlMapper.TypeHandler for the type";
    }

    /// <summary>Whether Dapper fills members of the type by their names. It then writes a method; what is read as one value has a lambda of Dapper's
    /// own.</summary>
    public static bool IsByMembers(Type type, Func<DbDataReader, object?> parse) =>
        parse.Method.DeclaringType is null && !typeof(ITuple).IsAssignableFrom(Nullable.GetUnderlyingType(type) ?? type);

    private static bool IsFilled(Type type, DbDataReader reader, int start, int end)
    {
        var map = SqlMapper.GetTypeMap(type);
        for (var column = start; column < end; column++)
        {
            if (map.GetMember(reader.GetName(column)) is not null)
                return true;
        }

        if (type.IsValueType || map.FindExplicitConstructor() is not null)
            return false;
        var columns = Enumerable.Range(start, end - start);
        return map.FindConstructor([.. columns.Select(reader.GetName)], [.. columns.Select(reader.GetFieldType)])?.GetParameters().Length > 0;
    }
}
