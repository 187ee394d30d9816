using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>Rows that a table may take: PostgreSQL itself searches the combinations that the CHECK constraints and partition bounds allow.</summary>
internal sealed class RowFinder(ProbeSession session, ProbeCatalog catalog)
{
    private const int Combinations = 50_000;
    private const int Proposals = 24;

    private readonly Candidates _candidates = new(catalog.TypesByOid);
    private readonly ValueCheck _valid = new(session);

    /// <summary>A column that is left out has a default. What is given stays as it is.</summary>
    internal async Task<(List<Dictionary<string, string?>> Rows, string? Reason)> FindAsync(
        Relation leaf, IReadOnlyList<ProbeColumn> columns, IReadOnlyDictionary<string, string?> given, int shift)
    {
        var checks = catalog.ChecksOf[leaf.Oid]
            .Where(check => check.Columns.Length > 0 && check.Columns.All(name => columns.Any(column => column.Name == name))).ToList();
        var choices = new Dictionary<ProbeColumn, List<string?>>();
        foreach (var column in columns)
        {
            var own = checks.Where(check => check.Columns.Contains(column.Name)).ToList();
            if (given.TryGetValue(column.Name, out var fixedValue))
            {
                choices[column] = [fixedValue];
                continue;
            }
            if (column.Draws && own.Count == 0)
                continue;
            var valid = await _valid.ValidAsync(column.Type, _candidates.For(column, own.Select(check => check.Expression), shift)).ConfigureAwait(false);
            var list = valid.ToList<string?>();
            if (!column.NotNull && (list.Count == 0 || own.Any(check => check.Columns.Length > 1)))
                list.Add(null);
            if (list.Count > 0)
                choices[column] = list;
            else if (column.Default is null)
                return ([], $"No value is known for column {column.Sql} of type {column.Type}.");
        }
        return await CombineAsync(choices, checks.Where(check => check.Columns.All(name => choices.Keys.Any(column => column.Name == name))).ToList(),
            shift).ConfigureAwait(false);
    }

    private async Task<(List<Dictionary<string, string?>> Rows, string? Reason)> CombineAsync(Dictionary<ProbeColumn, List<string?>> choices,
        List<ProbeCheck> checks, int shift)
    {
        var rows = Enumerable.Range(0, Proposals).Select(_ => new Dictionary<string, string?>()).ToList();
        var order = 0;
        foreach (var group in Groups([.. choices.Keys], checks))
        {
            var bound = checks.Where(check => group.Any(column => check.Columns.Contains(column.Name))).ToList();
            var solutions = bound.Count == 0 && group.Count == 1
                ? choices[group[0]].Select(value => new[] { value }).ToList()
                : await SolveAsync(group, choices, bound).ConfigureAwait(false);
            if (solutions.Count == 0)
                return ([], $"No value was found for {string.Join(", ", group.Select(column => column.Sql))} that satisfies "
                    + $"{string.Join(" and ", bound.Select(check => check.Expression))}.");
            order++;
            for (var i = 0; i < Proposals; i++)
            {
                // Steps of different length, so that two columns do not move together for ever.
                var solution = solutions[(shift + (i * order)) % solutions.Count];
                for (var c = 0; c < group.Count; c++)
                    rows[i][group[c].Name] = solution[c];
            }
        }
        return (rows, null);
    }

    private async Task<List<string?[]>> SolveAsync(List<ProbeColumn> group, Dictionary<ProbeColumn, List<string?>> choices, List<ProbeCheck> checks)
    {
        var lists = group.Select(column => choices[column]).ToList();
        while (lists.Aggregate(1.0, (product, list) => product * list.Count) > Combinations)
        {
            var longest = lists.IndexOf(lists.MaxBy(list => list.Count)!);
            lists[longest] = [.. lists[longest].Take(lists[longest].Count * 3 / 4)];
        }
        var from = group.Select((column, i) =>
            $"(VALUES {string.Join(", ", lists[i].Select(value => $"({column.Value(value)})"))}) AS probe_{i} ({column.Sql})");
        var sql = $"SELECT {string.Join(", ", group.Select(column => column.Sql + "::text"))} FROM {string.Join(" CROSS JOIN ", from)} "
            + $"WHERE {string.Join(" AND ", checks.Select(check => $"({check.Expression}) IS NOT FALSE"))} LIMIT 500";
        var (found, error) = await session.TryAsync(() => session.RowsAsync(sql)).ConfigureAwait(false);
        // An expression that fails on some value judges nothing: the table itself has the last word.
        return error is null ? found! : [.. Enumerable.Range(0, lists.Max(list => list.Count))
            .Select(i => lists.Select(list => list[i % list.Count]).ToArray())];
    }

    /// <summary>Columns that a CHECK ties together are chosen together.</summary>
    private static List<List<ProbeColumn>> Groups(List<ProbeColumn> columns, List<ProbeCheck> checks)
    {
        var groups = columns.Select(column => new List<ProbeColumn> { column }).ToList();
        foreach (var check in checks)
        {
            var tied = groups.Where(group => group.Any(column => check.Columns.Contains(column.Name))).ToList();
            groups.RemoveAll(tied.Contains);
            groups.Add([.. tied.SelectMany(group => group)]);
        }
        return groups;
    }
}
