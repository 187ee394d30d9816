using System.Data;
using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>What Dapper needs to see of a connection: open, and a source of commands that carry their context.</summary>
internal sealed class SessionDbConnection(NpgsqlConnection connection, ContextSettings settings, TenantContext context) : IDbConnection
{
    /// <summary>A key of Dapper's cache of mappers, which do not depend on the database.</summary>
    [AllowNull]
    public string ConnectionString { get => ""; set => throw new NotSupportedException(); }

    public int ConnectionTimeout => connection.ConnectionTimeout;

    public string Database => connection.Database;

    public ConnectionState State => connection.State;

    public IDbCommand CreateCommand() => new SessionDbCommand(connection, settings, context);

    public IDbTransaction BeginTransaction() => throw new NotSupportedException();

    public IDbTransaction BeginTransaction(IsolationLevel il) => throw new NotSupportedException();

    public void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    public void Open() => throw new NotSupportedException();

    public void Close() => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
