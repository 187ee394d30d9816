namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>One value of each pool, in every combination.</summary>
internal static class Combinations
{
    internal static bool AreFew<T>(IReadOnlyList<List<T>> pools, int most) =>
        pools.Aggregate(1L, (product, pool) => Math.Min(product * pool.Count, int.MaxValue)) <= most;

    internal static IEnumerable<T[]> Of<T>(IReadOnlyList<List<T>> pools) =>
        pools.Aggregate(Enumerable.Repeat<T[]>([], 1), (rows, pool) => rows.SelectMany(row => pool.Select(T[] (value) => [.. row, value])));
}
