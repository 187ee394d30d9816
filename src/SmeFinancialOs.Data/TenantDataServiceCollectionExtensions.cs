using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using SmeFinancialOs.Data;
using SmeFinancialOs.Data.DependencyInjection;

// RS0026, several overloads with optional parameters: they differ in a required one, so no call is ambiguous.
#pragma warning disable RS0026

// In the namespace of what it extends, so that a host needs no using directive to find it.
#pragma warning disable IDE0130
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Registers tenant data access: a <see cref="TenantConnectionFactory"/> and, per scope, an <see cref="ITenantSession"/> for the ambient context. Data sources
/// made here stay inside the factory: nobody can inject a connection without a tenant. The options are <see cref="TenantDataOptions"/>, validated when the host
/// starts. What the host registered itself before stays. A session that is asked of the root service provider, as by a singleton, is refused with a
/// <see cref="CapturedSessionException"/>.
/// </summary>
public static class TenantDataServiceCollectionExtensions
{
    /// <summary>Registers the database of a connection string.</summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="connectionString">Logs in as <c>app_user</c>.</param>
    /// <param name="configure">
    /// Sets <see cref="TenantDataOptions.AdminConnectionString"/>, timeouts, role names and whether there is a pooler in between.
    /// </param>
    /// <param name="serviceKey">For several databases: the key of everything registered here, and the name of its options.</param>
    /// <exception cref="ArgumentException">
    /// The connection string is malformed. What <paramref name="configure"/> sets is checked when the host starts (<see cref="OptionsValidationException"/>).
    /// </exception>
    /// <exception cref="InvalidOperationException">There is a database under this key already.</exception>
    public static IServiceCollection AddTenantData(
        this IServiceCollection services, string connectionString, Action<TenantDataOptions>? configure = null, string? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        // A malformed string fails here, where the host is configured, not when it starts.
        RegisteredTenantData.RequireReadable(connectionString, nameof(connectionString));
        return services.Add(serviceKey, dataSource: null, configure, options => options.Configure(o => o.ConnectionString = connectionString));
    }

    /// <summary>Registers the database that a section of the configuration describes; its keys are the properties of <see cref="TenantDataOptions"/>.</summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="section">The section, such as <c>Configuration.GetSection("TenantData")</c>. A key that is no option stops the host from starting.</param>
    /// <param name="configure">Runs after the section was read.</param>
    /// <param name="serviceKey">For several databases: the key of everything registered here, and the name of its options.</param>
    /// <exception cref="InvalidOperationException">There is a database under this key already.</exception>
    /// <exception cref="ArgumentException">The services or the section are null, or the key is blank.</exception>
    public static IServiceCollection AddTenantData(this IServiceCollection services, IConfiguration section,
        Action<TenantDataOptions>? configure = null, string? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        // A misspelled timeout must not be a missing timeout.
        return services.Add(serviceKey, dataSource: null, configure, options => options.Bind(section, binder => binder.ErrorOnUnknownConfiguration = true));
    }

    /// <summary>Registers a data source of the host's own, which stays the host's to dispose. It should be built with <c>UseTenantDefaults</c>.</summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="dataSource">Logs in as <c>app_user</c>.</param>
    /// <param name="configure">Sets <see cref="TenantConnectionOptions.AdminDataSource"/>, timeouts and role names.</param>
    /// <param name="serviceKey">For several databases: the key of everything registered here, and the name of its options.</param>
    /// <exception cref="InvalidOperationException">There is a database under this key already.</exception>
    /// <exception cref="ArgumentException">The services or the data source are null, or the key is blank.</exception>
    public static IServiceCollection AddTenantData(this IServiceCollection services, NpgsqlDataSource dataSource,
        Action<TenantDataOptions>? configure = null, string? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(dataSource);
        return services.Add(serviceKey, dataSource, configure, _ => { });
    }

    private static IServiceCollection Add(this IServiceCollection services, string? key, NpgsqlDataSource? dataSource,
        Action<TenantDataOptions>? configure, Action<OptionsBuilder<TenantDataOptions>> read)
    {
        // The options of a blank key would be those of no key.
        if (key is not null)
            ArgumentException.ThrowIfNullOrWhiteSpace(key, "serviceKey");
        // Two databases under one key: one of them would silently be used for the other.
        if (services.Any(service => service.ServiceType == typeof(RegisteredTenantData) && Equals(service.ServiceKey, key)))
        {
            throw new InvalidOperationException(
                $"AddTenantData was called before{(key is null ? "; give the other database a serviceKey" : $" with the serviceKey \"{key}\"")}.");
        }

        var name = key ?? Options.Options.DefaultName;
        var options = services.AddOptions<TenantDataOptions>(name).ValidateOnStart();
        read(options);
        if (configure is not null)
            options.Configure(configure);
        services.AddSingleton<IValidateOptions<TenantDataOptions>>(new TenantDataOptionsValidator(name, dataSource));

        // A null key is no key.
        TryAdd(ServiceLifetime.Singleton, provider => new RegisteredTenantData(
            provider.GetRequiredService<IOptionsMonitor<TenantDataOptions>>().Get(name), dataSource, provider.GetService<ILoggerFactory>()));
        TryAdd(ServiceLifetime.Singleton, provider => provider.GetRequiredKeyedService<RegisteredTenantData>(key).Factory);
        TryAdd(ServiceLifetime.Scoped, provider =>
        {
            provider.GetRequiredService<RootProvider>().RequireScope(provider);
            return provider.GetRequiredKeyedService<TenantConnectionFactory>(key).CreateSession();
        });
        services.TryAddSingleton(provider => new RootProvider(provider));
        services.TryAddSingleton<TenantScopeRunner>();
        return services;

        void TryAdd<T>(ServiceLifetime lifetime, Func<IServiceProvider, T> create)
            where T : class => services.TryAdd(new ServiceDescriptor(typeof(T), key, (provider, _) => create(provider), lifetime));
    }
}
