using Npgsql;
using SmeFinancialOs.Data.Diagnostics;
using SmeFinancialOs.Data.Rows;

namespace SmeFinancialOs.Data.Statements;

/// <summary>The first column of the first row.</summary>
internal sealed class ScalarStatement<T>(string sql, object? parameters) : Statement<T?>(sql, RequireOne(parameters))
{
    public override string Operation => OperationName.Scalar;

    public override async ValueTask ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        if (reader.FieldCount > 0 && await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            Result = RowMapper.Scalar<T>(reader);
    }
}
