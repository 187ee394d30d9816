using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Ways;

/// <summary>This library: a session for the organization, one round trip a call. No WHERE clause: the policies filter.</summary>
internal sealed class SessionWay(TenantConnectionFactory factory) : ITotalsWay
{
    private static readonly Queries Sql = new(TableSets.Protected, "");

    public Task<IReadOnlyList<InvoiceRow>> ListAsync(Guid organization) => Of(organization).QueryAsync<InvoiceRow>(Sql.Newest);

    public Task<IReadOnlyList<StatusTotal>> TotalsAsync(Guid organization) => Of(organization).QueryAsync<StatusTotal>(Sql.TotalsByStatus);

    public Task<int> InsertAsync(NewRow row) => Of(row.OrgId).ExecuteAsync(Sql.Insert, row);

    private ITenantSession Of(Guid organization) => factory.CreateSession(TenantContext.ForOrganization(organization));
}
