using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>Where an expression or the body of a function reads or writes a table, or whatever else stands behind FROM and is no call of a function.</summary>
internal static class TableReferences
{
    private static readonly HashSet<string> FromInArguments = new(StringComparer.OrdinalIgnoreCase) { "EXTRACT", "SUBSTRING", "TRIM", "OVERLAY", "POSITION" };

    /// <summary>As it stands there; null when there is none.</summary>
    internal static string? FirstIn(SqlText text) => AllIn(text).FirstOrDefault();

    /// <summary>One for each FROM, JOIN, INTO and so on. What stands behind a comma is not among them.</summary>
    internal static IEnumerable<string> AllIn(SqlText text)
    {
        var calls = new Stack<string>();
        for (var i = 0; i < text.Count; i++)
        {
            if (text[i] == "(")
                calls.Push(i == 0 ? "" : text[i - 1]);
            else if (text[i] == ")" && calls.Count > 0)
                calls.Pop();
            else if (IsBeforeTable(text, i) && !(calls.Count > 0 && FromInArguments.Contains(calls.Peek()))
                && Table(text, i + 1, text[i].Equals("INTO", StringComparison.OrdinalIgnoreCase)) is { } table)
                yield return table;
        }
    }

    private static bool IsBeforeTable(SqlText text, int index) => text[index].ToUpperInvariant() switch
    {
        "FROM" => !text[index - 1].Equals("DISTINCT", StringComparison.OrdinalIgnoreCase),
        "JOIN" or "UPDATE" or "TABLE" or "MERGE" => true,
        "INTO" => text[index - 1].Equals("INSERT", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    /// <summary>isInto: a parenthesis behind the name is the list of columns.</summary>
    private static string? Table(SqlText text, int index, bool isInto)
    {
        while (text[index] is "(" || text[index].Equals("ONLY", StringComparison.OrdinalIgnoreCase)
            || text[index].Equals("LATERAL", StringComparison.OrdinalIgnoreCase))
        {
            index++;
        }

        if (text[index].Length == 0 || text[index].Equals("SELECT", StringComparison.OrdinalIgnoreCase)
            || text[index].Equals("VALUES", StringComparison.OrdinalIgnoreCase) || text[index].Equals("ROWS", StringComparison.OrdinalIgnoreCase))
        {
            return null; // what is read is told by the FROM within
        }

        var name = text[index];
        if (text[index + 1] == ".")
        {
            name = $"{name}.{text[index + 2]}";
            index += 2;
        }
        return text[index + 1] == "(" && !isInto ? null : name;
    }
}
