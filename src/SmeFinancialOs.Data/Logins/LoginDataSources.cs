using Npgsql;

namespace SmeFinancialOs.Data.Logins;

/// <summary>Where the contexts of one login go: those that write to the primary, the others there too or to a standby.</summary>
internal sealed class LoginDataSources
{
    private readonly CheckedDataSource _writers;
    private readonly CheckedDataSource _readers;

    public LoginDataSources(NpgsqlDataSource dataSource, TenantConnectionOptions options, bool isAdmin)
    {
        var hosts = dataSource as NpgsqlMultiHostDataSource;
        var target = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString);
        RequireLastingState(target, hosts is not null, isAdmin);
        // Any host would do for Npgsql, a standby too; what the connection string asks for stays.
        var isStated = target.TargetSessionAttributes is not null;
        _writers = new CheckedDataSource(hosts is null || isStated ? dataSource : hosts.WithTargetSession(TargetSessionAttributes.Primary), options, isAdmin);
        _readers = hosts is null || !options.ReadOnlyContextsPreferStandby
            ? _writers
            : new CheckedDataSource(hosts.WithTargetSession(TargetSessionAttributes.PreferStandby), options, isAdmin);
    }

    public CheckedDataSource For(TenantContext context) => context.IsReadOnly ? _readers : _writers;

    /// <summary>
    /// Refuses what asks a host for its <c>default_transaction_read_only</c>. SQL of one tenant can set it for a connection, and Npgsql takes that for the
    /// state of the host for as long as the connection is in its pool: https://www.npgsql.org/doc/failover-and-load-balancing.html
    /// </summary>
    private static void RequireLastingState(NpgsqlConnectionStringBuilder target, bool isMultiHost, bool isAdmin)
    {
        var name = isAdmin ? nameof(TenantConnectionOptions.AdminDataSource) : "dataSource";
        if (isMultiHost && target.TargetSessionAttributes is "read-write" or "read-only")
        {
            throw new ArgumentException(
                $"Target Session Attributes={target.TargetSessionAttributes} is not supported: Npgsql then looks at default_transaction_read_only, which SQL "
                + "of one tenant can set, and the host would be avoided for all. Write primary instead of read-write and standby instead of read-only, or "
                + "prefer-primary or prefer-standby.", name);
        }

        // It says what it wraps, and not what for.
        if (!isMultiHost && target.Host?.Contains(',', StringComparison.Ordinal) == true)
        {
            throw new ArgumentException(
                "A data source made by WithTargetSession does not tell what it asks of a host. Pass the NpgsqlMultiHostDataSource itself, with Target Session "
                + "Attributes in its connection string: primary, standby, prefer-primary or prefer-standby; without it, what may write goes to the "
                + "primary.", name);
        }
    }

    /// <summary>Checks the login as it is now, wherever it is used.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await _writers.CheckAsync(cancellationToken).ConfigureAwait(false);
        if (_readers != _writers)
            await _readers.CheckAsync(cancellationToken).ConfigureAwait(false);
    }
}
