using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Ways;

/// <summary>One way of asking for an organization's invoices: a call is what a request of a host app would do, from the pool and back.</summary>
internal interface ITenantWay
{
    /// <summary>Its newest 50.</summary>
    Task<IReadOnlyList<InvoiceRow>> ListAsync(Guid organization);

    Task<int> InsertAsync(NewRow row);
}
