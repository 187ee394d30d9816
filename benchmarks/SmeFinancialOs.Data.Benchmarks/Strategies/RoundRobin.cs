using SmeFinancialOs.Data.Benchmarks.Tables;
using SmeFinancialOs.Data.Benchmarks.Ways;

namespace SmeFinancialOs.Data.Benchmarks.Strategies;

/// <summary>Asks one tenant after the other, as requests of all of them come in.</summary>
internal sealed class RoundRobin(ITenantWay way, IReadOnlyList<Guid> tenants)
{
    private int _next = -1;

    public Task<IReadOnlyList<InvoiceRow>> ListAsync() => way.ListAsync(Next());

    public Task<int> InsertAsync() => way.InsertAsync(NextRow.For(Next()));

    private Guid Next() => tenants[_next = (_next + 1) % tenants.Count];
}
