using Npgsql;
using SmeFinancialOs.Data.Diagnostics;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Bulk;

/// <summary>Some of the rows of a bulk load.</summary>
internal sealed class InsertStatement(NpgsqlBatchCommand command) : Statement<long>(command)
{
    public override string Operation => OperationName.InsertMany;

    public override ValueTask ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public override void Complete() => Result = (long)Commands[0].Rows;
}
