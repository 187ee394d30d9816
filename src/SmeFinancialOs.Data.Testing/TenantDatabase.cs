using Npgsql;

namespace SmeFinancialOs.Data.Testing;

/// <summary>A migrated database of its own, with a connection string for each login that the schema knows.</summary>
public sealed class TenantDatabase : IAsyncDisposable
{
    private readonly ServerDatabases _databases;
    private int _disposed;

    internal TenantDatabase(ServerDatabases databases, string name, LoginPasswords passwords)
    {
        _databases = databases;
        Name = name;
        OwnerConnectionString = databases.ConnectionStringTo(name);
        AppConnectionString = As(LoginPasswords.AppUser, passwords.App);
        AdminConnectionString = As(LoginPasswords.AdminUser, passwords.Admin);
    }

    /// <summary>The name of the database.</summary>
    public string Name { get; }

    /// <summary>The superuser, who is bound by no policy: for schema work and for looking behind the curtain.</summary>
    public string OwnerConnectionString { get; }

    /// <summary>The login of the host app, <c>app_user</c>.</summary>
    public string AppConnectionString { get; }

    /// <summary>The login of admin contexts, <c>admin_user</c>.</summary>
    public string AdminConnectionString { get; }

    /// <summary>Drops the database, whoever is still connected to it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        ClearPool(OwnerConnectionString);
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
        new NpgsqlConnectionStringBuilder(OwnerConnectionString) { Username = login, Password = password }.ConnectionString;
}
