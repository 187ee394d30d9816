using Npgsql;

namespace SmeFinancialOs.Data.EndToEnd.Tests.Support;

/// <summary>Holds an invoice, so that a request that changes it stays under way for as long as a test likes.</summary>
internal sealed class RowLock : IAsyncDisposable
{
    private readonly SampleFixture _sample;
    private readonly NpgsqlConnection _holder;

    private RowLock(SampleFixture sample, NpgsqlConnection holder) => (_sample, _holder) = (sample, holder);

    public static async Task<RowLock> TakeAsync(SampleFixture sample, Guid invoiceId)
    {
        var holder = await sample.OpenAsSuperuserAsync();
        await using var take = new NpgsqlCommand($"BEGIN; SELECT FROM public.invoices WHERE id = '{invoiceId}' FOR UPDATE", holder);
        await take.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return new RowLock(sample, holder);
    }

    public Task UntilSomebodyWaitsAsync() => Eventually.HoldsAsync(async () =>
        await _sample.TruthAsync<long>($"SELECT count(*) FROM pg_catalog.pg_stat_activity "
            + $"WHERE {_holder.ProcessID} = ANY (pg_catalog.pg_blocking_pids(pid))") == 1);

    /// <summary>Lets go: the transaction is rolled back with its connection.</summary>
    public ValueTask DisposeAsync() => _holder.DisposeAsync();
}
