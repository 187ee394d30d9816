using Microsoft.Extensions.DependencyInjection.Extensions;
using SmeFinancialOs.Data;

// In the namespace of what it extends, so that a host needs no using directive to find it.
#pragma warning disable IDE0130
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the repositories of the reference article's tables, <c>public.organizations</c> and <c>public.invoices</c>.</summary>
public static class InvoicingServiceCollectionExtensions
{
    /// <summary>
    /// Registers, per scope, an <see cref="OrganizationRepository"/> and an <see cref="InvoiceRepository"/> for the ambient context. A host with tables of its
    /// own leaves this out. What the host registered itself before stays.
    /// </summary>
    /// <param name="services">The services to add to, after <c>AddTenantData</c>.</param>
    /// <param name="serviceKey">The key that the database was registered with by <c>AddTenantData</c>; null where it has none.</param>
    /// <exception cref="ArgumentException">The key is blank.</exception>
    /// <exception cref="InvalidOperationException">No database was registered under this key.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddInvoicing(this IServiceCollection services, string? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (serviceKey is not null)
            ArgumentException.ThrowIfNullOrWhiteSpace(serviceKey);
        if (!services.Any(service => service.ServiceType == typeof(ITenantSession) && Equals(service.ServiceKey, serviceKey)))
        {
            var call = serviceKey is null ? "AddTenantData(..)" : $"AddTenantData(.., serviceKey: \"{serviceKey}\")";
            var key = serviceKey is null ? "without a serviceKey" : $"with the serviceKey \"{serviceKey}\"";
            throw new InvalidOperationException($"AddInvoicing found no database {key}: call {call} before it.");
        }

        // A null key is no key.
        TryAdd(session => new OrganizationRepository(session));
        TryAdd(session => new InvoiceRepository(session));
        return services;

        void TryAdd<T>(Func<ITenantSession, T> create)
            where T : class => services.TryAdd(new ServiceDescriptor(
                typeof(T), serviceKey, (provider, _) => create(provider.GetRequiredKeyedService<ITenantSession>(serviceKey)), ServiceLifetime.Scoped));
    }
}
