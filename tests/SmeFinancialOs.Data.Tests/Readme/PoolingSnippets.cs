using Microsoft.Extensions.DependencyInjection;

namespace SmeFinancialOs.Data.Tests.Readme;

/// <summary>The C# of docs/pooling.md.</summary>
internal static class PoolingSnippets
{
    public static void Register(IServiceCollection services, string appConnectionString)
    {
        // <snippet>
        services.AddTenantData(appConnectionString, configure: options => options.TransactionPooling = true);
        // </snippet>
    }
}
