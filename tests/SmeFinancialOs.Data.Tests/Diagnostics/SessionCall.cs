namespace SmeFinancialOs.Data.Tests.Diagnostics;

/// <summary>A call of each kind, by the name of its span.</summary>
internal static class SessionCall
{
    public static IReadOnlyDictionary<string, Func<ITenantSession, Task>> All { get; } = new Dictionary<string, Func<ITenantSession, Task>>
    {
        ["tenant.query"] = session => session.QueryAsync<int>("SELECT 1"),
        ["tenant.query_single"] = session => session.QuerySingleOrDefaultAsync<int>("SELECT 1"),
        ["tenant.scalar"] = session => session.ExecuteScalarAsync<int>("SELECT 1"),
        ["tenant.execute"] = session => session.ExecuteAsync("SELECT 1"),
        ["tenant.insert_many"] = session => session.InsertManyAsync(
            "public.invoices", [new { Number = Guid.NewGuid().ToString(), AmountCents = 1, IssuedAt = new DateOnly(2026, 1, 1) }]),
        ["tenant.batch"] = async session =>
        {
            var batch = session.CreateBatch();
            batch.AddExecuteScalar<int>("SELECT 1");
            batch.AddExecuteScalar<int>("SELECT 2");
            await batch.ExecuteAsync();
        },
        ["tenant.stream"] = async session =>
        {
            await foreach (var _ in session.QueryUnbufferedAsync<int>("SELECT generate_series(1, 3)"))
            {
            }
        },
        ["tenant.copy"] = session => session.ExportAsync("COPY (SELECT 1) TO STDOUT", Stream.Null),
    };
}
