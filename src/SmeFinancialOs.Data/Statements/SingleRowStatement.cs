using Npgsql;
using SmeFinancialOs.Data.Diagnostics;
using SmeFinancialOs.Data.Rows;

namespace SmeFinancialOs.Data.Statements;

/// <summary>The only row, or none.</summary>
internal sealed class SingleRowStatement<T>(string sql, object? parameters) : Statement<T?>(sql, RequireOne(parameters))
{
    public override string Operation => OperationName.QuerySingle;

    public override async ValueTask ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        if (reader.FieldCount == 0 || !await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            return;
        Result = RowMapper.For<T>(reader, this)(reader);
        if (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            throw new InvalidOperationException("The query gives more than one row, and a single one was asked for.");
    }
}
