using System.Reflection;
using NpgsqlTypes;
using SmeFinancialOs.Data.Rows;

namespace SmeFinancialOs.Data.Bulk;

/// <summary>Enums of C# as text: as the label of an enum of PostgreSQL, or as their name or number.</summary>
internal static class EnumText
{
    public static Func<object, string>? Of(Type type, TableColumn column)
    {
        if (column.Labels is { } labels)
        {
            var known = type.GetFields(BindingFlags.Public | BindingFlags.Static).DistinctBy(field => field.GetValue(null))
                .Select(field => (Value: field.GetValue(null)!, Label: LabelOf(field, labels))).Where(pair => pair.Label is not null)
                .ToDictionary(pair => pair.Value, pair => pair.Label!);
            return value => known.TryGetValue(value, out var label) ? label
                : throw new UnwritableValueException($"{type} has a value that is no label of the enum of the column");
        }

        return column.ElementCategory switch
        {
            "N" => value => ((Enum)value).ToString("D"),
            "S" => value => value.ToString() is { } name && (char.IsLetter(name[0]) || name[0] == '_') ? name
                : throw new UnwritableValueException($"{type} has no name for the value"),
            _ => null,
        };
    }

    /// <summary>The label that the member is given for Npgsql, that is its name, or that is its name but for case and underscores.</summary>
    private static string? LabelOf(FieldInfo member, string[] labels)
    {
        var name = member.GetCustomAttribute<PgNameAttribute>()?.PgName ?? member.Name;
        if (labels.Contains(name))
            return name;
        var alike = labels.Where(label => SameName.Comparer.Equals(label, name)).ToList();
        return alike.Count == 1 ? alike[0] : null;
    }
}
