using Dapper;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Overhead;

/// <summary>Before anything is timed: all ways give the same rows, every column of them, and as many as were seeded.</summary>
internal sealed class Agreement(OverheadWays ways, BenchmarkDatabase database)
{
    /// <summary>Checks all four.</summary>
    /// <returns>The number of invoices of the measured organization.</returns>
    /// <exception cref="ResultsDifferException">They do not agree.</exception>
    public async Task<long> CheckAsync()
    {
        var newest = await SameAsync("SELECT .. LIMIT 50", way => way.NewestAsync());
        Require(newest.Count == 50 && newest.All(row => row.OrgId == database.Dataset.MeasuredOrganization),
            "SELECT .. LIMIT 50 does not give 50 rows of its organization");
        var counts = await SameAsync("COUNT(*) GROUP BY status", way => way.CountByStatusAsync());
        var totals = await SameAsync("the analytics", way => way.GetTotalsByOrganizationAsync());
        Require(totals.Sum(total => total.Count) == database.Dataset.InvoiceCount, "the analytics do not count all invoices");
        var measured = counts.Sum(row => row.Count);
        Require(
            measured == totals.Single(total => total.Id == database.Dataset.MeasuredOrganization).Count,
            "COUNT(*) GROUP BY status does not count the invoices of its organization");
        await CheckInsertAsync();
        return measured;
    }

    private async Task<IReadOnlyList<T>> SameAsync<T>(string query, Func<IWay, Task<IReadOnlyList<T>>> ask)
    {
        var expected = await ask(ways.WithoutRls);
        Require(expected.SequenceEqual(await ask(ways.WithRls)), $"{query}: this library's rows differ from those without RLS");
        Require(expected.SequenceEqual(await ask(ways.ArticleRecipe)), $"{query}: the article's rows differ from those without RLS");
        return expected;
    }

    private async Task CheckInsertAsync()
    {
        var row = ways.InsertedRows.Next();
        var stored = new List<InvoiceRow>();
        await using var owner = new NpgsqlConnection(database.SuperuserConnectionString);
        foreach (var (way, schema) in ((IWay, string)[])[
            (ways.WithoutRls, TwinTables.Schema), (ways.WithRls, TableSets.Protected), (ways.ArticleRecipe, ArticleTables.Schema)])
        {
            Require(await way.InsertAsync(row) == 1, $"INSERT into {schema}.invoices did not write one row");
            var written = await owner.QuerySingleAsync<InvoiceRow>($"SELECT {Queries.Columns} FROM {schema}.invoices WHERE org_id = @OrgId AND id = @Id", row);
            // The one column the server fills in: the time of its own transaction.
            stored.Add(written with { CreatedAt = default });
        }

        var expected = new InvoiceRow(row.OrgId, row.Id, row.Number, row.AmountCents, row.CustomerName, row.Status, row.IssuedAt, default);
        Require(stored.TrueForAll(written => written == expected), "INSERT: the stored rows differ");
        await ways.InsertedRows.RemoveAsync();
    }

    private static void Require(bool holds, string fault)
    {
        if (!holds)
            throw new ResultsDifferException($"Results differ, nothing was measured: {fault}.");
    }
}
