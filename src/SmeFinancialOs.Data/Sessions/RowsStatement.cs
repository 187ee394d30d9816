using Npgsql;
using SmeFinancialOs.Data.Diagnostics;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>All rows.</summary>
internal sealed class RowsStatement<T> : Statement<IReadOnlyList<T>>
{
    public RowsStatement(string sql, object? parameters)
        : base(sql, RequireOne(parameters)) => Result = [];

    public override string Operation => OperationName.Query;

    public override async ValueTask ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        // A SELECT without columns. Dapper gives no row of it.
        if (reader.FieldCount == 0)
            return;
        var rows = new List<T>();
        var map = RowMapper.For<T>(reader);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add(map(reader));
        Result = rows;
    }
}
