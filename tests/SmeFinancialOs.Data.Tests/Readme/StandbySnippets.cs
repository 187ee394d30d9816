using Microsoft.Extensions.DependencyInjection;

namespace SmeFinancialOs.Data.Tests.Readme;

/// <summary>The C# of docs/standby.md, word for word.</summary>
internal static class StandbySnippets
{
    public static void Register(IServiceCollection services)
    {
        // <snippet>
        services.AddTenantData("Host=db1,db2;Database=app;Username=app_user", configure: options => options.ReadOnlyContextsPreferStandby = true);
        // </snippet>
    }

    public static async Task<long> ReadAsync(TenantConnectionFactory factory, TenantContext tenant)
    {
        // <snippet>
        await factory.CreateSession(tenant).ExecuteAsync("UPDATE invoices SET status = 'paid' WHERE number = '1'");             // primary
        var mine = await factory.CreateSession(tenant).ExecuteScalarAsync<long>("SELECT count(*) FROM invoices");               // primary: sees the update
        var report = await factory.CreateSession(tenant.AsReadOnly()).ExecuteScalarAsync<long>("SELECT count(*) FROM invoices"); // standby: may not see it yet
        // </snippet>
        return mine + report;
    }
}
