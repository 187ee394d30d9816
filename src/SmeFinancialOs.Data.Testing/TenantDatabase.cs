using Npgsql;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Testing;

/// <summary>A migrated database of its own, with a connection string for each login that the schema knows.</summary>
public sealed class TenantDatabase : IAsyncDisposable
{
    private readonly ServerDatabases _databases;
    private readonly Lazy<(NpgsqlDataSource App, NpgsqlDataSource Admin, TenantConnectionFactory Factory)> _factory;
    private int _organizations;
    private int _disposed;

    internal TenantDatabase(ServerDatabases databases, string name, LoginPasswords passwords, TenantKeyType tenantType, string? sealKey)
    {
        _databases = databases;
        Name = name;
        TenantType = tenantType;
        SealKey = sealKey;
        SuperuserConnectionString = databases.ConnectionStringTo(name);
        AppConnectionString = As(LoginPasswords.AppUser, passwords.App);
        AdminConnectionString = As(LoginPasswords.AdminUser, passwords.Admin);
        _factory = new(() =>
        {
            var app = new NpgsqlDataSourceBuilder(AppConnectionString).UseTenantDefaults().Build();
            var admin = new NpgsqlDataSourceBuilder(AdminConnectionString).UseTenantDefaults().Build();
            return (app, admin, new TenantConnectionFactory(app, new TenantConnectionOptions
            {
                TenantType = tenantType,
                AdminDataSource = admin,
                SealKey = sealKey,
            }));
        });
    }

    /// <summary>The name of the database.</summary>
    public string Name { get; }

    /// <summary>The type of the ids of tenants.</summary>
    public TenantKeyType TenantType { get; }

    /// <summary>The superuser, who is bound by no policy: for schema work and for looking behind the curtain.</summary>
    public string SuperuserConnectionString { get; }

    /// <summary>The login of the host app, <c>app_user</c>.</summary>
    public string AppConnectionString { get; }

    /// <summary>The login of admin contexts, <c>admin_user</c>.</summary>
    public string AdminConnectionString { get; }

    /// <summary>What a host of this database signs its contexts with (<see cref="TenantConnectionOptions.SealKey"/>); null where they are not sealed.</summary>
    public string? SealKey { get; }

    /// <summary>A factory for both logins, as a host makes it.</summary>
    public TenantConnectionFactory Factory => _factory.Value.Factory;

    /// <summary>Creates an organization of its own for a test.</summary>
    /// <param name="name">Its name; null for one that no other has. The slug is made of a number, so that names may repeat.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The name is blank or longer than 200 characters.</exception>
    /// <exception cref="InvalidOperationException">Ids of tenants are no uuids: the host's own table has the organizations.</exception>
    /// <exception cref="ObjectDisposedException">The database was disposed.</exception>
    public async Task<TestOrganization> CreateOrganizationAsync(string? name = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (TenantType != TenantKeyType.Uuid)
        {
            throw new InvalidOperationException($"Ids of tenants are of type {TenantType}, so there is no table organizations: insert into the host's own "
                + "table, and make a session of TenantContext.ForOrganization(id) by Factory.");
        }

        var id = Guid.CreateVersion7();
        var slug = $"organization-{Interlocked.Increment(ref _organizations)}";
        var context = TenantContext.ForOrganization(id);
        var session = Factory.CreateSession(context);
        await new OrganizationRepository(session).CreateAsync(name ?? slug, slug, id, cancellationToken).ConfigureAwait(false);
        return new TestOrganization(id, name ?? slug, context, session);
    }

    /// <summary>Proves that no tenant reaches another's rows, in any table there is: <see cref="TenantIsolation.AssertAsync"/> of this database.</summary>
    /// <param name="options">Null: those of this library's own schema.</param>
    /// <param name="cancellationToken">Ends the probe.</param>
    /// <exception cref="TenantIsolationException">A statement got through, or something could not be probed.</exception>
    /// <exception cref="ObjectDisposedException">The database was disposed.</exception>
    public Task<IsolationReport> AssertIsolationAsync(IsolationProbeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return TenantIsolation.AssertAsync(SuperuserConnectionString, options, cancellationToken);
    }

    /// <summary>Drops the database, whoever is still connected to it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        if (_factory.IsValueCreated)
        {
            await _factory.Value.App.DisposeAsync().ConfigureAwait(false);
            await _factory.Value.Admin.DisposeAsync().ConfigureAwait(false);
        }

        ClearPool(SuperuserConnectionString);
        ClearPool(AppConnectionString);
        ClearPool(AdminConnectionString);
        await _databases.DropAsync(Name).ConfigureAwait(false);
    }

    private static void ClearPool(string connectionString)
    {
        using var connection = new NpgsqlConnection(connectionString);
        NpgsqlConnection.ClearPool(connection);
    }

    private string As(string login, string password) =>
        new NpgsqlConnectionStringBuilder(SuperuserConnectionString) { Username = login, Password = password }.ConnectionString;
}
