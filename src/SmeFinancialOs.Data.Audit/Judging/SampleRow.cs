using System.Text;
using System.Text.Json.Nodes;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>A made-up row: the columns that an expression can tell apart. The others are NULL.</summary>
internal sealed class SampleRow(string? key, IReadOnlyDictionary<string, string?> values)
{
    /// <summary>Of the tenant.</summary>
    public string? Key => key;

    /// <summary>For jsonb_populate_recordset: JSON columns as JSON, all others as their text.</summary>
    public static string ToJson(IEnumerable<SampleRow> rows, TableFacts table)
    {
        var json = table.Columns.Where(column => column.IsJson).Select(column => column.Name).ToHashSet();
        return new JsonArray([.. rows.Select(row => row.ToJson(json))]).ToJsonString();
    }

    /// <summary>The indexes of as few rows as have every value of every column.</summary>
    public static List<int> Cover(IReadOnlyList<SampleRow> rows)
    {
        var seen = new HashSet<(string, string?)>();
        var cover = new List<int>();
        for (var i = 0; i < rows.Count; i++)
        {
            var before = seen.Count;
            seen.UnionWith(rows[i].Values.Select(item => (item.Key, item.Value)));
            if (seen.Count > before)
                cover.Add(i);
        }
        return cover;
    }

    public IReadOnlyDictionary<string, string?> Values => values;

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (name, value) in values)
            text.Append(text.Length == 0 ? "" : ", ").Append(name).Append(" = ").Append(value is null ? "NULL" : $"'{value}'");
        return $"({text})";
    }

    private JsonObject ToJson(HashSet<string> jsonColumns)
    {
        var row = new JsonObject();
        foreach (var (name, value) in values)
            row[name] = value is not null && jsonColumns.Contains(name) ? JsonNode.Parse(value) : JsonValue.Create(value);
        return row;
    }
}
