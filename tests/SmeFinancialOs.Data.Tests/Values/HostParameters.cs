using System.Data;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace SmeFinancialOs.Data.Tests.Values;

/// <summary>A document as JSON, as hosts write it for Dapper.</summary>
internal sealed class JsonParameter(string json) : SqlMapper.ICustomQueryParameter
{
    public void AddParameter(IDbCommand command, string name) => command.Parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Jsonb) { Value = json });
}

/// <summary>The same, with the driver's own command.</summary>
internal sealed class CastingParameter(string json) : SqlMapper.ICustomQueryParameter
{
    public void AddParameter(IDbCommand command, string name) => ((NpgsqlCommand)command).Parameters.AddWithValue(name, NpgsqlDbType.Jsonb, json);
}

internal sealed class OutputParameter : SqlMapper.ICustomQueryParameter
{
    public void AddParameter(IDbCommand command, string name) =>
        command.Parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Integer) { Direction = ParameterDirection.Output });
}

/// <summary>A host's own bag of parameters.</summary>
internal class HostParameters(Action<NpgsqlCommand> add) : SqlMapper.IDynamicParameters
{
    public void AddParameters(IDbCommand command, SqlMapper.Identity identity) => add((NpgsqlCommand)command);
}

internal sealed class CalledBack(Action<NpgsqlCommand> add) : HostParameters(add), SqlMapper.IParameterCallbacks
{
    public void OnCompleted()
    {
    }
}

/// <summary>Derives and adds nothing that Dapper would call back.</summary>
internal sealed class DerivedParameters : DynamicParameters;

internal sealed class DerivedCalledBack : DynamicParameters, SqlMapper.IParameterCallbacks
{
    void SqlMapper.IParameterCallbacks.OnCompleted()
    {
    }
}
