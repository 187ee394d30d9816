using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Ways;

/// <summary>Before anything is timed: all ways give the same rows, every column of them.</summary>
internal static class SameRows
{
    /// <exception cref="ResultsDifferException">They do not.</exception>
    public static async Task<IReadOnlyList<T>> CheckAsync<TWay, T>(string query, IReadOnlyList<TWay> ways, Func<TWay, Task<IReadOnlyList<T>>> ask)
    {
        var expected = await ask(ways[0]);
        foreach (var way in ways.Skip(1))
            Require(expected.SequenceEqual(await ask(way)), $"{query}: the rows of {way!.GetType().Name} differ from those of {ways[0]!.GetType().Name}");
        return expected;
    }

    /// <summary>Each way inserts a row, which then is the newest of its organization, and every column of it is what it should be.</summary>
    /// <exception cref="ResultsDifferException">It is not.</exception>
    public static async Task CheckInsertAsync(IReadOnlyList<ITenantWay> ways, Func<NewRow> next)
    {
        foreach (var way in ways)
        {
            // Newer than all others, so that the list shows it.
            var row = next() with { IssuedAt = new DateOnly(2099, 12, 31), Id = Guid.NewGuid() };
            Require(await way.InsertAsync(row) == 1, $"INSERT by {way.GetType().Name} did not write one row");
            var written = (await way.ListAsync(row.OrgId)).SingleOrDefault(candidate => candidate.Id == row.Id);
            var expected = new InvoiceRow(row.OrgId, row.Id, row.Number, row.AmountCents, row.CustomerName, row.Status, row.IssuedAt, default);
            // The one column the server fills in: the time of its own transaction.
            Require(expected == (written is null ? null : written with { CreatedAt = default }), $"INSERT by {way.GetType().Name}: the stored row differs");
        }
    }

    public static void Require(bool holds, string fault)
    {
        if (!holds)
            throw new ResultsDifferException($"Results differ, nothing was measured: {fault}.");
    }
}
