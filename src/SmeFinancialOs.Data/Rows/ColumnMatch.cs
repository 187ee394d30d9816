using System.Collections.Concurrent;
using System.Data.Common;
using System.Reflection;
using System.Runtime.CompilerServices;
using Dapper;

namespace SmeFinancialOs.Data.Rows;

/// <summary>
/// Which member of a type each column of a result fills. Dapper looks a column up by its exact name; one in snake_case is renamed to its member here, so that
/// neither Dapper's global switch nor its map of the type is touched. Found once for each type and list of columns.
/// </summary>
internal sealed class ColumnMatch
{
    /// <summary>Beyond that a host makes up names of columns, and each match is found anew.</summary>
    private const int MaxKnown = 64;

    private static readonly ConcurrentDictionary<Type, ColumnMatch[]> Known = new();

    private readonly string[] _columns;
    private readonly SqlMapper.ITypeMap _map;

    /// <summary>What Dapper is told; null where it is the same.</summary>
    private readonly string[]? _renamed;

    private ColumnMatch(Type type, SqlMapper.ITypeMap map, string[] columns)
    {
        (_map, _columns) = (map, columns);
        var names = Names(type);
        var filled = new HashSet<string>(StringComparer.Ordinal);
        var unmatched = new List<int>();
        for (var i = 0; i < columns.Length; i++)
        {
            if (map.GetMember(columns[i]) is { } member)
                filled.Add(NameOf(member));
            else
                unmatched.Add(i);
        }

        // A map of the host's own says what it means.
        if (map is DefaultTypeMap)
        {
            foreach (var i in unmatched.ToArray())
            {
                if (names.FirstOrDefault(name => SameName.Comparer.Equals(name, columns[i]) && !filled.Contains(name)) is not { } name)
                    continue;
                filled.Add(name);
                unmatched.Remove(i);
                (_renamed ??= [.. columns])[i] = name;
            }
        }

        var unset = unmatched.Count == 0 ? [] : Members(type).Where(name => map.GetMember(name) is { } member && !filled.Contains(NameOf(member))).ToList();
        if (unset.Count > 0)
            Unmatched = new(type, string.Join(", ", unmatched.Select(i => columns[i])), string.Join(", ", unset));
    }

    /// <summary>Where a name is wrong, most likely; null where none is.</summary>
    public UnmatchedColumns? Unmatched { get; }

    /// <summary>The match of some columns of a result; null for a type that is read as one value, by position or as a dictionary.</summary>
    public static ColumnMatch? Of(Type type, DbDataReader reader, int start, int end)
    {
        if (!HasMembers(type))
            return null;
        var map = SqlMapper.GetTypeMap(type);
        var known = Known.GetValueOrDefault(type, []);
        foreach (var match in known)
        {
            if (match.Fits(map, reader, start, end))
                return match;
        }

        var made = new ColumnMatch(type, map, [.. Enumerable.Range(start, end - start).Select(reader.GetName)]);
        // Those of a map that the host has replaced are of no use any more.
        if (known.Length < MaxKnown || known.Any(match => match._map != map))
            Known[type] = [made, .. known.Where(match => match._map == map)];
        return made;
    }

    /// <summary>The columns as Dapper is to see them.</summary>
    public DbDataReader Rename(DbDataReader reader, int start) => _renamed is null ? reader : new RenamedColumns(reader, start, _renamed);

    private static bool HasMembers(Type type) =>
        Type.GetTypeCode(type) == TypeCode.Object && type != typeof(object) && !type.IsArray && Nullable.GetUnderlyingType(type) is null
        && !typeof(ITuple).IsAssignableFrom(type) && type != typeof(Guid) && type != typeof(TimeSpan) && type != typeof(DateTimeOffset)
        && type != typeof(DateOnly) && type != typeof(TimeOnly);

    private static string NameOf(SqlMapper.IMemberMap member) => member.Property?.Name ?? BackedProperty(member.Field?.Name) ?? member.Parameter!.Name!;

    /// <summary>A property without a setter is filled through the field that the compiler writes for it.</summary>
    private static string? BackedProperty(string? field) =>
        field is not null && field.StartsWith('<') && field.IndexOf('>', StringComparison.Ordinal) is > 1 and var end ? field[1..end] : field;

    private static IEnumerable<string> Members(Type type) =>
        type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.GetIndexParameters().Length == 0)
            .Select(property => property.Name).Concat(type.GetFields(BindingFlags.Instance | BindingFlags.Public).Select(field => field.Name));

    /// <summary>What a column may be renamed to: a member that Dapper fills, or a parameter of a constructor.</summary>
    private List<string> Names(Type type) =>
    [
        .. Members(type).Where(name => _map.GetMember(name) is not null),
        .. type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .SelectMany(constructor => constructor.GetParameters()).Select(parameter => parameter.Name!).Distinct(),
    ];

    private bool Fits(SqlMapper.ITypeMap map, DbDataReader reader, int start, int end)
    {
        if (_map != map || _columns.Length != end - start)
            return false;
        for (var i = 0; i < _columns.Length; i++)
        {
            if (_columns[i] != reader.GetName(start + i))
                return false;
        }

        return true;
    }
}
