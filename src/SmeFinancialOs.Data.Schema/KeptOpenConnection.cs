using System.Data;
using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace SmeFinancialOs.Data.Schema;

/// <summary>A connection that DbUp works on and does not close: it holds the lock of the migration, and goes on being used.</summary>
internal sealed class KeptOpenConnection(NpgsqlConnection connection) : IDbConnection
{
    [AllowNull]
    public string ConnectionString
    {
        get => connection.ConnectionString;
        set => throw new NotSupportedException();
    }

    public int ConnectionTimeout => connection.ConnectionTimeout;

    public string Database => connection.Database;

    public ConnectionState State => connection.State;

    public IDbTransaction BeginTransaction() => connection.BeginTransaction();

    public IDbTransaction BeginTransaction(IsolationLevel il) => connection.BeginTransaction(il);

    public void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    public IDbCommand CreateCommand() => connection.CreateCommand();

    public void Open() => connection.Open();

    public void Close()
    {
    }

    public void Dispose()
    {
    }
}
