using SmeFinancialOs.Data.Benchmarks.Ways;

namespace SmeFinancialOs.Data.Benchmarks.Strategies;

/// <summary>Where the tables of many tenants are kept, and how one app asks them.</summary>
internal interface IStrategy : ITenantWay, IAsyncDisposable
{
    string Name { get; }

    /// <summary>The application_name of its connections.</summary>
    string ApplicationName { get; }

    /// <summary>Connections an app needs so that no request has to open one: as many as there are databases.</summary>
    int ConnectionsNeeded { get; }

    /// <summary>Empty tables for all tenants, on a server that has none.</summary>
    /// <returns>How long it took.</returns>
    Task<TimeSpan> CreateAsync(CancellationToken cancellationToken);

    /// <summary>A later migration: one more column of the invoices of all tenants.</summary>
    Task AddColumnAsync(string column, CancellationToken cancellationToken);

    Task<CatalogSize> ReadCatalogAsync(CancellationToken cancellationToken);

    /// <summary>Writes the rows of all tenants.</summary>
    Task FillAsync(CancellationToken cancellationToken);
}
