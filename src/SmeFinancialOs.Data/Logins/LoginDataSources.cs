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
        // Any host would do for Npgsql, a standby too; what the connection string asks for stays.
        var isStated = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString).TargetSessionAttributes is not null;
        _writers = new CheckedDataSource(hosts is null || isStated ? dataSource : hosts.WithTargetSession(TargetSessionAttributes.Primary), options, isAdmin);
        _readers = hosts is null || !options.ReadOnlyContextsPreferStandby
            ? _writers
            : new CheckedDataSource(hosts.WithTargetSession(TargetSessionAttributes.PreferStandby), options, isAdmin);
    }

    public CheckedDataSource For(TenantContext context) => context.IsReadOnly ? _readers : _writers;

    /// <summary>Checks the login as it is now, wherever it is used.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await _writers.CheckAsync(cancellationToken).ConfigureAwait(false);
        if (_readers != _writers)
            await _readers.CheckAsync(cancellationToken).ConfigureAwait(false);
    }
}
