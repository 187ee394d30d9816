using Microsoft.Extensions.Logging;
using Npgsql;

namespace SmeFinancialOs.Data.DependencyInjection;

/// <summary>A factory with the data sources that were made for it, disposed with the container. One that the host supplied stays the host's.</summary>
internal sealed class RegisteredTenantData : IAsyncDisposable, IDisposable
{
    private readonly List<NpgsqlDataSource> _owned = [];

    /// <exception cref="ArgumentException">An option is missing or cannot be used.</exception>
    public RegisteredTenantData(TenantDataOptions options, NpgsqlDataSource? dataSource, ILoggerFactory? loggers)
    {
        if (dataSource is not null && options.ConnectionString is not null)
            throw new ArgumentException("ConnectionString is set, and so is the data source: remove one of them.", nameof(options));
        if (options.AdminDataSource is not null && options.AdminConnectionString is not null)
            throw new ArgumentException("AdminConnectionString is set, and so is AdminDataSource: remove one of them.", nameof(options));

        // A copy: the options belong to the container, and what is built here does not outlive this object.
        var copy = TenantConnectionOptionsValidation.Copy(options);
        copy.LoggerFactory ??= loggers;
        try
        {
            var tenants = dataSource ?? Build(options.ConnectionString, nameof(options.ConnectionString), copy, loggers);
            if (options.AdminConnectionString is not null)
                copy.AdminDataSource = Build(options.AdminConnectionString, nameof(options.AdminConnectionString), copy, loggers);
            Factory = new TenantConnectionFactory(tenants, copy);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public TenantConnectionFactory Factory { get; }

    public static void RequireReadable(string? connectionString, string name)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
            throw new ArgumentException($"{name} is missing: it says where the database is, as \"Host=..;Database=..;Username=..;Password=..\".", name);
        try
        {
            _ = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or KeyNotFoundException or OverflowException)
        {
            // Without the inner exception: it quotes the string, and a password with a semicolon in it would be part of that.
            throw new ArgumentException($"{name} cannot be read: it must be keyword=value pairs separated by semicolons, with keywords Npgsql knows.", name);
        }
    }

    public void Dispose() => _owned.ForEach(source => source.Dispose());

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _owned)
            await source.DisposeAsync().ConfigureAwait(false);
    }

    private NpgsqlDataSource Build(string? connectionString, string name, TenantConnectionOptions options, ILoggerFactory? loggers)
    {
        RequireReadable(connectionString, name);
        var builder = new NpgsqlDataSourceBuilder(connectionString).UseLoggerFactory(loggers);
        var source = TenantDataSourceBuilderExtensions.Prepare(builder, options.TransactionPooling, options.AllowedLoginSettings.Keys).Build();
        _owned.Add(source);
        return source;
    }
}
