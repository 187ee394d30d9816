using System.Text.Json;
using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>Makes up the rows that an expression is evaluated on: every column that it names, with every value that could matter to it.</summary>
/// <param name="table">Whose rows they are.</param>
/// <param name="tableName">Without its schema.</param>
/// <param name="keys">What ties the rows to tenants.</param>
/// <param name="closure">Of the expressions.</param>
/// <param name="values">Which values fit a column.</param>
/// <param name="ownAtOtherLevels">The ids of the organizations below or above the tenant that asks.</param>
internal sealed class RowSampler(TableFacts table, string tableName, IReadOnlyList<SampleKey> keys, ExpressionClosure closure, FittingValues values,
    IReadOnlyList<string> ownAtOtherLevels)
{
    private const int MostRows = 600;

    /// <summary>own: the id of the tenant that asks; solved: what the expression compares a column with, in some state.</summary>
    internal async Task<RowSample> MakeAsync(IReadOnlyList<SqlText> expressions, string own, IReadOnlyDictionary<string, HashSet<string>> solved,
        CancellationToken cancellationToken)
    {
        var named = Columns(expressions);
        List<ColumnFacts> columns = [.. table.Columns.Where(column => named.Contains(column) || column.NeedsValue)];
        List<ColumnFacts> others = [.. columns.Where(column => !IsKey(column))];
        var pools = new List<List<string?>>();
        foreach (var column in others)
        {
            var candidates = Candidates(column, own).Concat(solved.TryGetValue(column.Name, out var found) ? found : []);
            var fitting = await values.FittingAsync(column, candidates, cancellationToken).ConfigureAwait(false);
            pools.Add(named.Contains(column) ? fitting : [fitting[0]]);
        }

        var rows = Combine(pools).ConvertAll(row => new SampleRow(row.Key.Tenant, columns.Select(column =>
            (column.Name, IsKey(column) ? row.Key.Values[column.Name] : row.Values[others.IndexOf(column)])).ToDictionary()));
        return new(rows, Filter(columns));
    }

    private bool IsKey(ColumnFacts column) => keys[0].Values.ContainsKey(column.Name);

    /// <summary>Those that the expressions name, and what generated columns among them are made of.</summary>
    private List<ColumnFacts> Columns(IReadOnlyList<SqlText> expressions)
    {
        var named = table.Columns.Where(column => IsKey(column) || expressions.Any(text => Names(text, column.Name))).ToList();
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
    private List<(SampleKey Key, string?[] Values)> Combine(List<List<string?>> pools)
    {
        if (Combinations.AreFew(pools, MostRows / keys.Count))
            return [.. keys.SelectMany(key => Combinations.Of(pools).Select(row => (key, row)))];

        var random = new Random(7);
        var chosen = new List<(SampleKey, string?[])>();
        foreach (var key in keys)
        {
            for (var i = 0; i < pools.Count; i++)
            {
                foreach (var value in pools[i])
                {
                    string?[] row = [.. pools.Select(pool => pool[random.Next(pool.Count)])];
                    row[i] = value;
                    chosen.Add((key, row));
                }
            }
        }
        return [.. chosen.Take(MostRows * 2)];
    }

    private bool NamesWholeRow(SqlText text) => Enumerable.Range(0, text.Count).Any(i =>
        Identifier.Unquote(text[i]) == tableName && text[i][0] != '\'' && (text[i + 1] != "." || text[i + 2] == "*") && text[i - 1] != ".");

    private static bool Names(SqlText text, string column) => Comparison.NamesColumn(text, "", [column]);
}
