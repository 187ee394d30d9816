using System.Data;
using System.Data.Common;
using Dapper;
using Npgsql;

namespace SmeFinancialOs.Data.Statements;

/// <summary>
/// The command Dapper fills in: executing it only puts its text and parameters aside, as a command of a batch. It is a command of Npgsql's, because parameters
/// that a host writes for Dapper may cast it to one.
/// </summary>
internal sealed class CapturingCommand : NpgsqlCommand
{
    /// <summary>Dapper asks the type of a command's connection whether arrays can be parameters.</summary>
    private static readonly NpgsqlConnection Npgsql = new();

    private static readonly int DefaultTimeout = new NpgsqlCommand().CommandTimeout;

    private readonly List<NpgsqlBatchCommand> _captured = new(1);

    public IReadOnlyList<NpgsqlBatchCommand> Captured => _captured;

    protected override DbConnection? DbConnection { get => Npgsql; set => throw new NotSupportedException(); }

    /// <summary>Once for each set of parameters: for a list of them Dapper executes again and again.</summary>
    public override int ExecuteNonQuery()
    {
        RequireSendable();
        var command = new NpgsqlBatchCommand(CommandText) { CommandType = CommandType };
        if (Parameters.Count > 0)
        {
            var parameters = Parameters.ToArray();
            Parameters.Clear();
            foreach (var parameter in parameters)
                command.Parameters.Add(parameter);
        }

        _captured.Add(command);
        return 0;
    }

    public override void Cancel() => throw new NotSupportedException();

    public override object? ExecuteScalar() => throw new NotSupportedException();

    public override void Prepare()
    {
    }

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => throw new NotSupportedException();

    /// <summary>What a host's own parameters asked of the command, and a command of a batch cannot do.</summary>
    private void RequireSendable()
    {
        foreach (NpgsqlParameter parameter in Parameters)
        {
            if (parameter.Direction != ParameterDirection.Input)
            {
                throw new ArgumentException(
                    $"The parameter \"{parameter.ParameterName}\" is one of direction {parameter.Direction}, and none is filled here. Read the value as a row: "
                    + "of a function by SELECT, of a statement by RETURNING, of a procedure by CALL with NULL for each OUT parameter.",
                    "parameters");
            }
        }

        if (CommandTimeout != (SqlMapper.Settings.CommandTimeout ?? DefaultTimeout))
        {
            throw new ArgumentException(
                "The parameters set a timeout of their command. Set Command Timeout in the connection string, or SqlMapper.Settings.CommandTimeout.",
                "parameters");
        }

        if (AllResultTypesAreUnknown || UnknownResultTypeList is not null)
            throw new ArgumentException("The parameters ask for results as text. Cast the columns to text in the statement.", "parameters");
    }
}
