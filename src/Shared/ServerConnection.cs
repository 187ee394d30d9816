using System.Data.Common;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Npgsql;

namespace SmeFinancialOs.Data;

/// <summary>Opens a connection without a pool to PostgreSQL 15 or later. Each package says a failure by an exception of its own: Fault makes it.</summary>
internal abstract class ServerConnection
{
    private static readonly Version OldestVersion = new(15, 0);

    private readonly string _connectionString;
    private readonly NpgsqlConnectionStringBuilder _settings;

    private protected ServerConnection(string connectionString, string? parameter)
    {
        _settings = Read(connectionString, parameter);
        _settings.CommandTimeout = 0; // a script takes as long as it takes; the caller's token ends it
        if (string.IsNullOrWhiteSpace(_settings.Host))
            throw new ArgumentException("The connection string names no Host.", parameter);
        if (string.IsNullOrWhiteSpace(_settings.ApplicationName))
            _settings.ApplicationName = typeof(ServerConnection).Assembly.GetName().Name;
        _connectionString = _settings.ConnectionString;
    }

    private protected abstract Exception Fault(string message, string? sqlState, Exception? innerException);

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
        catch (Exception fault) when (fault is ArgumentException or FormatException or KeyNotFoundException or OverflowException)
        {
            // Without the inner exception: its message quotes the string, and a password with a semicolon in it would be part of that.
            throw new ArgumentException(
                "The connection string cannot be read: it must be keyword=value pairs separated by semicolons, with keywords Npgsql knows.",
                parameter);
        }
    }

    internal Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => OpenAsync(new NpgsqlConnection(_connectionString), cancellationToken);

    /// <summary>Another database of the same server.</summary>
    internal Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancellationToken) =>
        OpenAsync(new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_connectionString) { Database = database }.ConnectionString), cancellationToken);

    private async Task<NpgsqlConnection> OpenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            if (connection.PostgreSqlVersion < OldestVersion)
            {
                throw Fault($"The server is PostgreSQL {connection.PostgreSqlVersion}, but 15 or later is needed: before, views cannot ask the policies.",
                    sqlState: null, innerException: null);
            }
            return connection;
        }
        catch (Exception fault)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (fault is not (DbException or TimeoutException or SocketException))
                throw;
            throw ConnectionFault(fault);
        }
    }

    private Exception ConnectionFault(Exception error)
    {
        var login = $"login \"{_settings.Username}\"";
        var database = $"database \"{_settings.Database ?? _settings.Username}\"";
        var state = (error as PostgresException)?.SqlState;
        var message = state switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
                $"The server refused {login}: check Username and Password, and pg_hba.conf on the server.",
            PostgresErrorCodes.InvalidCatalogName =>
                $"The {database} does not exist: create it first (CREATE DATABASE), or mend Database in the connection string.",
            PostgresErrorCodes.InsufficientPrivilege =>
                $"The server refused {login} for {database}: it needs CONNECT, and to migrate be its owner with CREATEROLE or a superuser.",
            null => $"No PostgreSQL answers at {_settings.Host}, port {_settings.Port}:"
                + $" check that the server runs, and Host, Port and SSL Mode. {error.Message}",
            _ => $"The server refused the connection: {((PostgresException)error).MessageText}",
        };
        return Fault(state is null ? message : $"{state}: {message}", state, error);
    }
}
