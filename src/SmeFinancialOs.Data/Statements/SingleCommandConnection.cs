using System.Data;
using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace SmeFinancialOs.Data.Statements;

/// <summary>What Dapper takes for an open connection. It has one command, which sends nothing.</summary>
internal sealed class SingleCommandConnection(NpgsqlCommand command) : IDbConnection
{
    /// <summary>A key of Dapper's cache of parameter readers, which do not depend on the database.</summary>
    [AllowNull]
    public string ConnectionString { get => ""; set => throw new NotSupportedException(); }

    public int ConnectionTimeout => 0;

    public string Database => "";

    public ConnectionState State => ConnectionState.Open;

    public IDbCommand CreateCommand() => command;

    public IDbTransaction BeginTransaction() => throw new NotSupportedException();

    public IDbTransaction BeginTransaction(IsolationLevel il) => throw new NotSupportedException();

    public void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    public void Open() => throw new NotSupportedException();

    public void Close() => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
