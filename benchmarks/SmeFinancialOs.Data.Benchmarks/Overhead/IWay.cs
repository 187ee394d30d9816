using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Overhead;

/// <summary>One way of asking the four questions: a call is what a request of a host app would do, from the pool and back.</summary>
internal interface IWay
{
    Task<IReadOnlyList<InvoiceRow>> NewestAsync();

    Task<IReadOnlyList<StatusCount>> CountByStatusAsync();

    Task<int> InsertAsync(NewRow row);

    Task<IReadOnlyList<OrganizationTotal>> GetTotalsByOrganizationAsync();
}
