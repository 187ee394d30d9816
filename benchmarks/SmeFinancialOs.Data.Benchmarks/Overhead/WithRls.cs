using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Overhead;

/// <summary>This library: sessions of the tenant and of an admin, one round trip a call. No WHERE clause: the policies filter.</summary>
internal sealed class WithRls(TenantConnectionFactory factory, Dataset dataset) : IWay
{
    private static readonly Queries Sql = new(TableSets.Protected, "");

    private readonly ITenantSession _tenant = factory.CreateSession(TenantContext.ForOrganization(dataset.MeasuredOrganization));
    private readonly ITenantSession _inserting = factory.CreateSession(TenantContext.ForOrganization(dataset.InsertingOrganization));

    /// <summary>One session for the whole run: its entry in the access log is written by its first call, before anything is timed.</summary>
    private readonly ITenantSession _admin = factory.CreateSession(TenantContext.ForAdmin("benchmarks", "cross-tenant analytics"));

    public Task<IReadOnlyList<InvoiceRow>> NewestAsync() => _tenant.QueryAsync<InvoiceRow>(Sql.Newest);

    public Task<IReadOnlyList<StatusCount>> CountByStatusAsync() => _tenant.QueryAsync<StatusCount>(Sql.CountByStatus);

    public Task<int> InsertAsync(NewRow row) => _inserting.ExecuteAsync(Sql.Insert, row);

    public Task<IReadOnlyList<OrganizationTotal>> GetTotalsByOrganizationAsync() => _admin.QueryAsync<OrganizationTotal>(Sql.TotalsByOrganization);
}
