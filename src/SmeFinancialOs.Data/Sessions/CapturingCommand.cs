using System.Data;
using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>The command Dapper fills in: text and parameters go into a command of a batch, and executing it only puts that command aside.</summary>
internal sealed class CapturingCommand : IDbCommand
{
    // Dapper asks the type of a command's connection whether arrays can be parameters.
    private static readonly NpgsqlConnection Npgsql = new();

    private readonly List<NpgsqlBatchCommand> _captured = new(1);
    private NpgsqlBatchCommand? _current;
    private string _text = "";

    public IReadOnlyList<NpgsqlBatchCommand> Captured => _captured;

    [AllowNull]
    public string CommandText { get => Current.CommandText; set => Current.CommandText = _text = value ?? ""; }

    public int CommandTimeout { get; set; }

    public CommandType CommandType { get; set; } = CommandType.Text;

    public IDbConnection? Connection { get => Npgsql; set => throw new NotSupportedException(); }

    public IDataParameterCollection Parameters => Current.Parameters;

    public IDbTransaction? Transaction { get; set; }

    public UpdateRowSource UpdatedRowSource { get; set; }

    private NpgsqlBatchCommand Current => _current ??= new NpgsqlBatchCommand(_text);

    public IDbDataParameter CreateParameter() => new NpgsqlParameter();

    /// <summary>Once for each set of parameters: for a list of them Dapper executes again and again.</summary>
    public int ExecuteNonQuery()
    {
        Current.CommandType = CommandType;
        _captured.Add(Current);
        _current = null;
        return 0;
    }

    public void Cancel() => throw new NotSupportedException();

    public IDataReader ExecuteReader() => throw new NotSupportedException();

    public IDataReader ExecuteReader(CommandBehavior behavior) => throw new NotSupportedException();

    public object? ExecuteScalar() => throw new NotSupportedException();

    public void Prepare()
    {
    }

    public void Dispose()
    {
    }
}
