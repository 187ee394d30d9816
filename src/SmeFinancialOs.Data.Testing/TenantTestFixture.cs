namespace SmeFinancialOs.Data.Testing;

/// <summary>
/// A migrated database for a class of tests, on the one server of the process; for any test framework. With xunit v3 derive from it and name its interface:
/// <c>sealed class Database : TenantTestFixture, IAsyncLifetime;</c>. With NUnit and MSTest call <see cref="InitializeAsync"/> before the tests of a class, and
/// <see cref="DisposeAsync"/> after them.
/// </summary>
/// <param name="options">What the database holds; null for this library's schema alone.</param>
public class TenantTestFixture(TenantDatabaseOptions? options = null) : IAsyncDisposable
{
    private TenantDatabase? _database;

    /// <summary>The database.</summary>
    /// <exception cref="InvalidOperationException"><see cref="InitializeAsync"/> has not been called.</exception>
    public TenantDatabase Database =>
        _database ?? throw new InvalidOperationException("Call InitializeAsync first; xunit does so where the class implements its IAsyncLifetime.");

    /// <summary>Creates the database; the first call of a process starts the server.</summary>
    /// <exception cref="PostgresServerUnavailableException">None of the ways to come by a server works here.</exception>
    public virtual async ValueTask InitializeAsync()
    {
        if (_database is not null)
            return;
        var server = await PostgresServer.GetSharedAsync().ConfigureAwait(false);
        _database = await server.CreateTenantDatabaseAsync(options).ConfigureAwait(false);
    }

    /// <summary>Drops the database.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        if (_database is not null)
            await _database.DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }
}
