using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>Writes expressions anew, with made-up rows in the place of the tables that they read.</summary>
internal sealed class TableSubstitution(DatabaseModel model, JudgingFacts facts, RelatedTables tables, IReadOnlyDictionary<uint, List<SampleRow>> standing)
{
    private static readonly HashSet<string> NoAlias = new(StringComparer.OrdinalIgnoreCase)
    {
        "", ")", ",", "WHERE", "ON", "JOIN", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET", "UNION",
        "EXCEPT", "INTERSECT", "FETCH", "FOR", "WINDOW",
    };

    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <param name="expression">As PostgreSQL prints it.</param>
    /// <param name="inserted">A table that has these rows besides; null for none.</param>
    public string Of(string expression, (Relation Table, List<SampleRow> Rows)? inserted = null)
    {
        if (!tables.All.Any())
            return expression;
        if (inserted is not null)
            return Replace(expression, inserted);
        return _known.TryGetValue(expression, out var known) ? known : _known[expression] = Replace(expression, null);
    }

    /// <summary>Whether the text reads the table.</summary>
    internal static bool Names(SqlText text, Relation table) => Enumerable.Range(0, text.Count).Any(i => TableUse.At(text, i, table) is { Owner: 0 });

    private string Replace(string expression, (Relation Table, List<SampleRow> Rows)? inserted)
    {
        var text = model.Parsed(expression);
        var changes = new List<(SqlText, string)>();
        for (var i = 0; i + 2 < text.Count; i++)
        {
            if (tables.All.Select(table => (Table: table, Use: TableUse.At(text, i, table))).FirstOrDefault(item => item.Use is not null)
                is not { Table: { } table, Use: var (count, owner) })
            {
                continue;
            }

            var rows = inserted is { } more && more.Table == table ? [.. standing[table.Oid], .. more.Rows] : standing[table.Oid];
            var json = Identifier.Literal(SampleRow.ToJson(rows, facts.Tables[table.Oid]));
            var name = Identifier.Quote(table.PlainName);
            changes.Add((text.Slice(i, count), $"(SELECT * FROM jsonb_populate_recordset(NULL::{table.Name}, {json}::jsonb) AS {name} "
                + $"WHERE {Replace(tables.VisibleWhen(table, owner), inserted)}){(NoAlias.Contains(text[i + count]) ? $" AS {name}" : "")}"));
        }
        return text.With(changes);
    }
}
