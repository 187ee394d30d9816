using System.Text.Json;
using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>Makes up the rows that an expression is evaluated on: every column that it names, with every value that could matter to it.</summary>
internal sealed class RowSampler(TableFacts table, string tableName, string key, ExpressionClosure closure, FittingValues values,
    IReadOnlyList<string> ownAtOtherLevels)
{
    private const int MostRows = 600;

    /// <summary>
    /// own: the id of the tenant that asks; others: those of other tenants; solved: what the expression compares a column with, in some state.
    /// </summary>
    internal async Task<RowSample> MakeAsync(IReadOnlyList<SqlText> expressions, string own, IReadOnlyList<string> others,
        IReadOnlyDictionary<string, HashSet<string>> solved, CancellationToken cancellationToken)
    {
        var named = Columns(expressions);
        List<ColumnFacts> columns = [.. table.Columns.Where(column => named.Contains(column) || column.NeedsValue)];
        var pools = new List<List<string?>>();
        foreach (var column in columns)
        {
            var candidates = (column.Name == key ? [own, .. others, .. ownAtOtherLevels, .. closure.Literals] : Candidates(column, own))
                .Concat(solved.TryGetValue(column.Name, out var found) ? found : []);
            var fitting = await values.FittingAsync(column, column.Name == key && !column.NotNull ? candidates.Append(null) : candidates, cancellationToken)
                .ConfigureAwait(false);
            pools.Add(named.Contains(column) ? fitting : [fitting[0]]);
        }

        var rows = Combine(columns, pools).ConvertAll(row =>
            new SampleRow(row[columns.FindIndex(column => column.Name == key)], columns.Select((column, i) => (column.Name, row[i])).ToDictionary()));
        return new(rows, Filter(columns));
    }

    /// <summary>Those that the expressions name, and what generated columns among them are made of.</summary>
    private List<ColumnFacts> Columns(IReadOnlyList<SqlText> expressions)
    {
        var named = table.Columns.Where(column => column.Name == key || expressions.Any(text => Names(text, column.Name))).ToList();
        if (expressions.Any(NamesWholeRow))
            named = [.. table.Columns];
        var sources = named.Where(column => column.Generated is not null).Select(column => SqlText.Of(column.Generated)).ToList();
        return [.. table.Columns.Where(column => named.Contains(column) || sources.Any(text => Names(text, column.Name)))];
    }

    /// <summary>Only a row that the table would take counts. A CHECK of columns that are not made up is left out.</summary>
    private List<string> Filter(List<ColumnFacts> columns) =>
    [
        .. table.Checks.Where(check => !table.Columns.Except(columns).Any(column => Names(SqlText.Of(check), column.Name)))
            .Select(check => $"({check}) IS NOT FALSE"),
        .. columns.Where(column => column.Generated is not null)
            .Select(column => $"{Identifier.Quote(column.Name)} IS NOT DISTINCT FROM ({column.Generated})"),
    ];

    private IEnumerable<string?> Candidates(ColumnFacts column, string own)
    {
        string[] ids = [own, .. ownAtOtherLevels, .. SampleIds.Families.Select(SampleIds.OwnEntity), .. SampleIds.Families.Select(SampleIds.OtherEntity)];
        return column switch
        {
            { IsArray: true } => ids.Select(id => $"{{{id}}}").Prepend("{}").Prepend(null),
            { Base: "boolean" } => ["true", "false", null],
            { IsJson: true } =>
            [
                null, "{}", JsonSerializer.Serialize(closure.Literals.ToDictionary(text => text, _ => own)),
                JsonSerializer.Serialize(closure.Literals.ToDictionary(text => text, _ => "true")), JsonSerializer.Serialize(new[] { own }),
            ],
            { Labels.Length: > 0 } => column.Labels.Prepend(null),
            _ => [null, .. closure.Literals, .. ids, "x", "7", "2020-01-01", "2099-01-01"],
        };
    }

    /// <summary>All combinations where they are few. Else each value of each column beside each key, the rest by chance, the same in every run.</summary>
    private List<string?[]> Combine(List<ColumnFacts> columns, List<List<string?>> pools)
    {
        if (Combinations.AreFew(pools, MostRows))
            return [.. Combinations.Of(pools)];

        var random = new Random(7);
        var keyAt = columns.FindIndex(column => column.Name == key);
        var chosen = new List<string?[]>();
        foreach (var id in pools[keyAt])
        {
            for (var i = 0; i < pools.Count; i++)
            {
                foreach (var value in pools[i].Where(_ => i != keyAt).DefaultIfEmpty(id))
                {
                    string?[] row = [.. pools.Select(pool => pool[random.Next(pool.Count)])];
                    (row[keyAt], row[i]) = (id, i == keyAt ? id : value);
                    chosen.Add(row);
                }
            }
        }
        return [.. chosen.Take(MostRows * 2)];
    }

    private bool NamesWholeRow(SqlText text) => Enumerable.Range(0, text.Count).Any(i =>
        Identifier.Unquote(text[i]) == tableName && text[i][0] != '\'' && (text[i + 1] != "." || text[i + 2] == "*") && text[i - 1] != ".");

    private static bool Names(SqlText text, string column) => Comparison.NamesColumn(text, "", [column]);
}
