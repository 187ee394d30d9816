using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace SmeFinancialOs.Data;

/// <summary>Registers tenant data access.</summary>
public static class TenantDataServiceCollectionExtensions
{
    /// <summary>
    /// Registers a <see cref="TenantConnectionFactory"/>, and per scope an <see cref="ITenantSession"/> and the repositories for the ambient
    /// context. The data sources stay inside the factory: nobody can inject a connection without a tenant.
    /// </summary>
    /// <param name="services">The services to add to.</param>
    /// <param name="connectionString">Logs in as <c>app_user</c>.</param>
    /// <param name="adminConnectionString">Logs in as <c>admin_user</c>; null where the host opens no admin contexts.</param>
    /// <param name="configure">Sets timeouts, role names and whether there is a pooler in between.</param>
    /// <exception cref="ArgumentException">A connection string is malformed.</exception>
    public static IServiceCollection AddTenantData(
        this IServiceCollection services, string connectionString, string? adminConnectionString = null, Action<TenantConnectionOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        // Malformed strings fail here, where the host is configured, not at the first request.
        RequireReadable(connectionString, nameof(connectionString));
        if (adminConnectionString is not null)
            RequireReadable(adminConnectionString, nameof(adminConnectionString));

        services.TryAddSingleton(provider => new OwnedTenantConnectionFactory(
            provider.GetService<ILoggerFactory>(), connectionString, adminConnectionString, configure));
        services.TryAddSingleton(provider => provider.GetRequiredService<OwnedTenantConnectionFactory>().Factory);
        services.TryAddScoped(provider => provider.GetRequiredService<TenantConnectionFactory>().CreateSession());
        services.TryAddScoped<OrganizationRepository>();
        services.TryAddScoped<InvoiceRepository>();
        return services;
    }

    private static void RequireReadable(string connectionString, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString, name);
        try
        {
            _ = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or KeyNotFoundException or OverflowException)
        {
            // Without the inner exception: it quotes the string, and a password with a semicolon in it would be part of that.
            throw new ArgumentException("The connection string cannot be read: it must be keyword=value pairs separated by semicolons, with keywords Npgsql knows.", name);
        }
    }

    /// <summary>A factory with the data sources it was made of, disposed with the container.</summary>
    private sealed class OwnedTenantConnectionFactory : IAsyncDisposable, IDisposable
    {
        private readonly NpgsqlDataSource _tenants;
        private readonly NpgsqlDataSource? _admins;

        public OwnedTenantConnectionFactory(
            ILoggerFactory? loggers, string connectionString, string? adminConnectionString, Action<TenantConnectionOptions>? configure)
        {
            var options = new TenantConnectionOptions();
            configure?.Invoke(options);
            options.LoggerFactory ??= loggers;
            _tenants = Build(connectionString);
            if (adminConnectionString is not null)
                options.AdminDataSource ??= _admins = Build(adminConnectionString);
            Factory = new TenantConnectionFactory(_tenants, options);

            NpgsqlDataSource Build(string target) =>
                new NpgsqlDataSourceBuilder(target).UseLoggerFactory(loggers).UseTenantDefaults(options.TransactionPooling).Build();
        }

        public TenantConnectionFactory Factory { get; }

        public void Dispose()
        {
            _tenants.Dispose();
            _admins?.Dispose();
        }

        public async ValueTask DisposeAsync()
        {
            await _tenants.DisposeAsync().ConfigureAwait(false);
            if (_admins is not null)
                await _admins.DisposeAsync().ConfigureAwait(false);
        }
    }
}
