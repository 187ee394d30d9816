using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.AmbientFlow;

/// <summary>Asks the server whose rows the ambient context shows.</summary>
internal static class AmbientRows
{
    /// <summary>The organization whose rows a session for the ambient context sees.</summary>
    public static async Task<Guid> OwnerAsync(this TenantDatabaseFixture fixture) =>
        (await fixture.Factory.CreateSession().QueryAsync<Guid>("SELECT DISTINCT org_id FROM invoices")).Single();
}
