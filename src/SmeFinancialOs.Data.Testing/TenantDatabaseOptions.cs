namespace SmeFinancialOs.Data.Testing;

/// <summary>
/// What a test database holds besides this library's schema. Databases with the same options are copies of one template, migrated once for each server.
/// </summary>
public sealed class TenantDatabaseOptions
{
    /// <summary>
    /// The type of the ids of tenants. Where it is not <see cref="TenantKeyType.Uuid"/> there are no tables <c>organizations</c> and <c>invoices</c>: the
    /// host's migrations bring the table of tenants.
    /// </summary>
    public TenantKeyType TenantType { get; init; }

    /// <summary>Whether the tenant guard is on, so that a migration of the host that leaves a table unsafe fails.</summary>
    public bool Guard { get; init; }

    /// <summary>Whether the tenant context is sealed; <see cref="TenantDatabase.SealKey"/> is then the key of a host.</summary>
    public bool Seal { get; init; }

    /// <summary>
    /// The folder of the host's own SQL migrations, whatever tool they are written for. They run after ours, each starting as <c>app_owner</c>, which then
    /// owns what they make.
    /// </summary>
    public string? MigrationsDirectory { get; init; }

    /// <summary>
    /// Runs the host's own migrations in any other way, such as EF Core's; after those of <see cref="MigrationsDirectory"/>. It is given a superuser's
    /// connection string. The same delegate means the same template: keep it in a static field or name a static method.
    /// </summary>
    public Func<string, CancellationToken, Task>? MigrateAsync { get; init; }
}
