using System.Data.Common;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Npgsql;

namespace SmeFinancialOs.Data.Schema;

// One connection does everything: whoever loses it loses the lock and the running script together.
internal sealed class MigrationConnection
{
    private static readonly Version OldestVersion = new(15, 0);

    private readonly string _connectionString;
    private readonly NpgsqlConnectionStringBuilder _settings;

    internal MigrationConnection(string connectionString, [CallerArgumentExpression(nameof(connectionString))] string? parameter = null)
    {
        _settings = Read(connectionString, parameter);
        _settings.CommandTimeout = 0; // a script takes as long as it takes; the caller's token ends it
        if (string.IsNullOrWhiteSpace(_settings.Host))
            throw new ArgumentException("The connection string names no Host.", parameter);
        if (string.IsNullOrWhiteSpace(_settings.ApplicationName))
            _settings.ApplicationName = typeof(MigrationConnection).Assembly.GetName().Name;
        _connectionString = _settings.ConnectionString;
    }

    internal static NpgsqlConnectionStringBuilder Read(string connectionString, [CallerArgumentExpression(nameof(connectionString))] string? parameter = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString, parameter);
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString)
            {
                Pooling = false, // a role that a script left set ends with the connection
                Enlist = false, // each script has a transaction of its own
                MaxAutoPrepare = 0,
                IncludeErrorDetail = false, // rows do not belong in messages
                PersistSecurityInfo = false, // nor passwords in logs and spans
            };
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException or OverflowException)
        {
            // Without the inner exception: its message quotes the string, and a password with a semicolon in it would be part of that.
            throw new ArgumentException(
                "The connection string cannot be read: it must be keyword=value pairs separated by semicolons, with keywords Npgsql knows.",
                parameter);
        }
    }

    internal Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => OpenAsync(new NpgsqlConnection(_connectionString), cancellationToken);

    // Another database of the same server.
    internal Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancellationToken) =>
        OpenAsync(new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_connectionString) { Database = database }.ConnectionString), cancellationToken);

    private async Task<NpgsqlConnection> OpenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            if (connection.PostgreSqlVersion < OldestVersion)
            {
                throw new SchemaMigrationException(
                    $"The server is PostgreSQL {connection.PostgreSqlVersion}, but 15 or later is needed: before, views cannot ask the policies.");
            }
            return connection;
        }
        catch (Exception e)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (e is not (DbException or TimeoutException or SocketException))
                throw;
            throw MigrationFailure.OfConnection(_settings, e);
        }
    }
}
