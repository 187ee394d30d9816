using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Ways;

/// <summary>A way that is asked for count and sum by status as well.</summary>
internal interface ITotalsWay : ITenantWay
{
    Task<IReadOnlyList<StatusTotal>> TotalsAsync(Guid organization);
}
