using System.Data.Common;
using Npgsql;
using SmeFinancialOs.Data.Diagnostics;
using SmeFinancialOs.Data.Rows;

namespace SmeFinancialOs.Data.Statements;

/// <summary>All rows.</summary>
internal sealed class RowsStatement<T> : Statement<IReadOnlyList<T>>
{
    private readonly Func<NpgsqlDataReader, Statement, Func<DbDataReader, T>> _mapper;

    /// <param name="sql">One statement or several.</param>
    /// <param name="parameters">One object with its parameters, or null.</param>
    /// <param name="mapper">Gives what maps the rows of a result; null for Dapper's mapping of <typeparamref name="T"/>.</param>
    public RowsStatement(string sql, object? parameters, Func<NpgsqlDataReader, Statement, Func<DbDataReader, T>>? mapper = null)
        : base(sql, RequireOne(parameters)) => (Result, _mapper) = ([], mapper ?? RowMapper.For<T>);

    public override string Operation => OperationName.Query;

    /// <summary>What maps the rows of the result the reader stands on.</summary>
    public Func<DbDataReader, T> Mapper(NpgsqlDataReader reader) => _mapper(reader, this);

    public override async ValueTask ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        // A SELECT without columns. Dapper gives no row of it.
        if (reader.FieldCount == 0)
            return;
        var rows = new List<T>();
        var map = Mapper(reader);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add(map(reader));
        Result = rows;
    }
}
