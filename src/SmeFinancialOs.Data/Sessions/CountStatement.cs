using Npgsql;
using SmeFinancialOs.Data.Diagnostics;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>The number of rows written; rows it returns are passed over.</summary>
internal sealed class CountStatement(string sql, object? parameters) : Statement<int>(sql, RequireSets(parameters))
{
    public override string Operation => OperationName.Execute;

    public override ValueTask ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public override void Complete(int recordsAffected) => Result = recordsAffected;
}
