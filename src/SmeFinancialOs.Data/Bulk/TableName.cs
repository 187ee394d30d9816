using System.Text;

namespace SmeFinancialOs.Data.Bulk;

/// <summary>The name of a table with its schema. <c>search_path</c> decides nothing: SQL of a tenant can set it.</summary>
/// <param name="Schema">The schema, as the catalog has it.</param>
/// <param name="Table">The table, as the catalog has it.</param>
internal readonly record struct TableName(string Schema, string Table)
{
    /// <summary>Reads a name as SQL does: without quotes in lower case, with quotes as it is written.</summary>
    /// <exception cref="ArgumentException">It is no name of a schema and a table.</exception>
    public static TableName Parse(string table)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(table);
        var position = 0;
        if (Part(table, ref position) is { } schema && position < table.Length && table[position++] == '.'
            && Part(table, ref position) is { } name && position == table.Length)
        {
            return new(schema, name);
        }

        throw new ArgumentException(
            "Name the table with its schema, as in shop.orders or \"Shop\".\"Orders\": letters, digits and underscores, or anything in double quotes.",
            nameof(table));
    }

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>For SQL.</summary>
    public override string ToString() => $"{Quote(Schema)}.{Quote(Table)}";

    private static string? Part(string text, ref int position)
    {
        var start = position;
        if (position < text.Length && text[position] == '"')
            return Quoted(text, ref position);
        while (position < text.Length && (char.IsLetterOrDigit(text[position]) || text[position] is '_' or '$'))
            position++;
        var isName = position > start && !char.IsDigit(text[start]) && text[start] != '$';
        // PostgreSQL folds the letters of ASCII alone.
        return isName ? string.Concat(text[start..position].Select(letter => char.IsAscii(letter) ? char.ToLowerInvariant(letter) : letter)) : null;
    }

    private static string? Quoted(string text, ref int position)
    {
        var name = new StringBuilder();
        while (++position < text.Length)
        {
            if (text[position] == '"' && (++position >= text.Length || text[position] != '"'))
                return name.Length > 0 && !name.ToString().Contains('\0', StringComparison.Ordinal) ? name.ToString() : null;
            name.Append(text[position]);
        }

        return null;
    }
}
