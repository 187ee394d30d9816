using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace SmeFinancialOs.Data.Tests.Readme;

internal static class SealingSnippets
{
    public static void Key(IServiceCollection services, IConfiguration configuration, string appConnectionString)
    {
        // <snippet>
        services.AddTenantData(appConnectionString, configure: options => options.SealKeyProvider = () => configuration["TenantSealKey"]!);
        // </snippet>
    }
}
