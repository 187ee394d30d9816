using Npgsql;
using SmeFinancialOs.Data.Diagnostics;

namespace SmeFinancialOs.Data.Statements;

/// <summary>The number of rows written; rows it returns are passed over.</summary>
internal sealed class CountStatement(string sql, object? parameters) : Statement<int>(sql, RequireSets(parameters))
{
    public override string Operation => OperationName.Execute;

    public override ValueTask ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <exception cref="OverflowException">There are more rows than the result can say.</exception>
    public override void Complete()
    {
        var counts = Commands.Select(static command => command.RecordsAffected).Where(static count => count >= 0).ToList();
        // As ADO.NET has it: -1 where nothing was written by kind.
        Result = counts.Count == 0 ? -1 : counts.Sum();
    }
}
