using System.Data;
using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>What Dapper takes for an open connection, while it fills in the parameters of statements that are sent later.</summary>
internal sealed class CapturingConnection : IDbConnection
{
    private readonly CapturingCommand _command = new();

    /// <summary>A key of Dapper's cache of parameter readers, which do not depend on the database.</summary>
    [AllowNull]
    public string ConnectionString { get => ""; set => throw new NotSupportedException(); }

    public int ConnectionTimeout => 0;

    public string Database => "";

    public ConnectionState State => ConnectionState.Open;

    public IReadOnlyList<NpgsqlBatchCommand> Captured => _command.Captured;

    public IDbCommand CreateCommand() => _command;

    public IDbTransaction BeginTransaction() => throw new NotSupportedException();

    public IDbTransaction BeginTransaction(IsolationLevel il) => throw new NotSupportedException();

    public void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    public void Open() => throw new NotSupportedException();

    public void Close() => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
