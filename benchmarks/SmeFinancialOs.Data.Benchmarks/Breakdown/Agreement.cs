using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Breakdown;

/// <summary>Before anything is timed: every step of a ladder gives the same rows, and every INSERT writes one.</summary>
internal static class Agreement
{
    public static async Task CheckAsync(BreakdownPools pools)
    {
        var newest = await CheckAsync("newest 50", NewestLadderBenchmarks.Steps(pools));
        Require(
            newest.Count == 50 && newest.All(row => row.OrgId == pools.Dataset.MeasuredOrganization),
            "newest 50 does not give 50 rows of its organization");
        await CheckAsync("count by status", CountLadderBenchmarks.Steps(pools));
        await CheckInsertAsync(pools);
    }

    private static async Task<IReadOnlyList<TRow>> CheckAsync<TRow>(string query, SelectSteps<TRow> steps)
    {
        var expected = await steps.ReadAsync();
        Require(expected.Count > 0 && await steps.SkipAsync() == expected.Count, $"{query}: reading and skipping see different rows");
        foreach (var step in (Func<Task<IReadOnlyList<TRow>>>[])
            [steps.DapperAsync, steps.SettingsInBatchAsync, steps.WithoutPoliciesAsync, steps.WithPoliciesAsync, steps.ThreeTripsAsync, steps.SessionAsync])
        {
            Require(expected.SequenceEqual(await step()), $"{query}: {step.Method.Name} gives other rows than hand-coded ADO.NET");
        }

        return expected;
    }

    private static async Task CheckInsertAsync(BreakdownPools pools)
    {
        var steps = new InsertSteps(pools);
        foreach (var (schema, insert) in (IEnumerable<(string, Func<NewRow, Task<int>>)>)
            [
                (TwinTables.Schema, steps.PlainAsync), (TwinTables.Schema, steps.DapperAsync), (TwinTables.Schema, steps.SettingsInBatchAsync),
                (TableSets.Protected, steps.WithoutPoliciesAsync), (TableSets.Protected, steps.WithPoliciesAsync), (TableSets.Protected, steps.SessionAsync),
            ])
        {
            var row = pools.InsertedRows.Next();
            Require(await insert(row) == 1, $"{insert.Method.Name} did not write one row");
            Require(await StoredAsync(pools, schema, row) == row, $"{insert.Method.Name} stored another row than it was given");
        }

        await pools.InsertedRows.RemoveAsync();
    }

    /// <summary>Read back by those that no policy binds.</summary>
    private static async Task<NewRow?> StoredAsync(BreakdownPools pools, string schema, NewRow row)
    {
        await using var command = (schema == TwinTables.Schema ? pools.Twin : pools.Bypass)
            .CreateCommand($"SELECT {Queries.Columns} FROM {schema}.invoices{HandWrittenCode.WhereOrganization} AND id = $2");
        command.Parameters.Add(HandWrittenCode.Uuid(row.OrgId));
        command.Parameters.Add(HandWrittenCode.Uuid(row.Id));
        await using var reader = await command.ExecuteReaderAsync();
        return (await HandWrittenCode.ReadAllAsync(reader, HandWrittenCode.ReadInvoice)).SingleOrDefault() is { } stored
            ? new NewRow(stored.OrgId, stored.Id, stored.Number, stored.AmountCents, stored.CustomerName, stored.Status, stored.IssuedAt)
            : null;
    }

    private static void Require(bool holds, string fault)
    {
        if (!holds)
            throw new ResultsDifferException($"Results differ, nothing was measured: {fault}.");
    }
}
