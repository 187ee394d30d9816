using System.Linq.Expressions;
using System.Reflection;
using SmeFinancialOs.Data.Rows;

namespace SmeFinancialOs.Data.Bulk;

/// <summary>
/// How rows of a type are written to a table: which property goes to which column, and the statement. It is no COPY: PostgreSQL refuses COPY FROM on a table
/// under row-level security.
/// </summary>
internal sealed class InsertPlan<T>
{
    /// <summary>In the error of a statement whose columns have other types than were looked at.</summary>
    public const string StaleMark = "sme-data: columns have changed";

    private static readonly ParameterExpression Row = Expression.Parameter(typeof(T), "row");

    private readonly IReadOnlyList<Func<ColumnArray<T>>> _arrays;

    private InsertPlan(TableColumns table, IReadOnlyList<(PropertyInfo Property, ColumnSource Source)> sources)
    {
        Table = table;
        Sources = [.. sources.Select(source => source.Source)];
        Sql = BuildSql(table.Name, Sources);
        _arrays = [.. sources.Select(source => ArrayOf(source.Source))];
    }

    public TableColumns Table { get; }

    public IReadOnlyList<ColumnSource> Sources { get; }

    public string Sql { get; }

    /// <exception cref="ColumnMismatchException">The properties do not fit the columns.</exception>
    public static InsertPlan<T> Make(TableColumns table)
    {
        var faults = new List<string>();
        var sources = new List<(PropertyInfo Property, ColumnSource Source)>();
        foreach (var property in Properties())
        {
            var told = $"{property.Name} ({property.PropertyType})";
            var columns = ColumnsOf(property.Name, table);
            if (columns is not [var column])
                faults.Add(columns.Count == 0 ? $"no column is the property {told}" : $"several columns are the property {told}");
            else if (column.IsGenerated)
                faults.Add($"the database itself fills the column of {told}: it is GENERATED ALWAYS");
            else if (sources.Find(source => source.Source.Column == column).Property is { } other)
                faults.Add($"{other.Name} and {told} are the same column");
            else if (ColumnEncoding.Of(Expression.Property(Row, property), column) is not { } encoding)
                faults.Add($"{told} does not go with its column, which is a {column.TypeSchema}.{column.TypeName}");
            else
                sources.Add((property, new(column, told, encoding)));
        }

        if (sources.Count == 0 && faults.Count == 0)
            faults.Add("it has no public properties");
        faults.AddRange(table.Columns.Where(column => IsMissing(column) && !sources.Exists(source => source.Source.Column == column))
            .Select(column => $"no property is the column \"{column.Name}\", which is NOT NULL and has no default"));
        return faults.Count == 0 ? new(table, sources) : throw new ColumnMismatchException(
            $"Rows of {typeof(T)} cannot be written to {table.Name}: {string.Join("; ", faults)}. "
            + "Give each row a property for each column that is to be written, "
            + "with the column's name in snake_case or PascalCase, and no other: .Select(row => new { .. }) makes such rows.");
    }

    public ColumnArray<T>[] NewArrays() => [.. _arrays.Select(static make => make())];

    private static bool IsMissing(TableColumn column) => column is { IsNotNull: true, HasDefault: false, IsGenerated: false, HasTrigger: false };

    private static IEnumerable<PropertyInfo> Properties() =>
        (typeof(T).IsInterface ? typeof(T).GetInterfaces().Prepend(typeof(T)) : [typeof(T)])
            .SelectMany(type => type.GetProperties(BindingFlags.Instance | BindingFlags.Public))
            .Where(property => property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0 && !IsValue(typeof(T)))
            .DistinctBy(property => property.Name);

    /// <summary>A value has properties, too, and is no row: a text has a length.</summary>
    private static bool IsValue(Type type) => type.IsPrimitive || type.Namespace == "System" || typeof(System.Collections.IEnumerable).IsAssignableFrom(type);

    private static List<TableColumn> ColumnsOf(string property, TableColumns table) =>
        table.Columns.FirstOrDefault(column => column.Name == property) is { } exact ? [exact]
            : [.. table.Columns.Where(column => SameName.Comparer.Equals(column.Name, property))];

    private static string BuildSql(TableName table, IReadOnlyList<ColumnSource> sources)
    {
        var columns = string.Join(", ", sources.Select(source => TableName.Quote(source.Column.Name)));
        var values = string.Join(", ", sources.Select((source, i) => source.Encoding.IsCast ? $"CAST(u.c{i} AS {source.Column.SqlType})" : $"u.c{i}"));
        var arrays = string.Join(", ", sources.Select((source, i) => $"pg_catalog.unnest(${i + 1}::{source.Encoding.SqlType}[])"));
        var names = string.Join(", ", sources.Select((_, i) => $"c{i}"));
        // Asked when the statement has the table's lock, once for all rows. The error must not be a constant, which the planner would meet first.
        var found = string.Join(", ", sources.Select(source => $"pg_catalog.pg_typeof((NULL::{table}).{TableName.Quote(source.Column.Name)})::pg_catalog.oid"));
        var seen = string.Join(",", sources.Select(source => source.Column.TypeOid));
        return $$"""
            INSERT INTO {{table}} ({{columns}})
            SELECT {{values}}
            FROM ROWS FROM ({{arrays}}) AS u ({{names}})
            WHERE CASE WHEN ARRAY[{{found}}] OPERATOR(pg_catalog.=) '{{{seen}}}'::pg_catalog.oid[] THEN true
                ELSE pg_catalog.concat('{{StaleMark}}')::pg_catalog.bool END
            """;
    }

    private static Func<ColumnArray<T>> ArrayOf(ColumnSource source)
    {
        var value = source.Encoding.Value;
        var read = Expression.Lambda(value, Row).Compile();
        var type = typeof(ColumnArray<,>).MakeGenericType(typeof(T), value.Type);
        return () => (ColumnArray<T>)Activator.CreateInstance(type, source, read)!;
    }
}
