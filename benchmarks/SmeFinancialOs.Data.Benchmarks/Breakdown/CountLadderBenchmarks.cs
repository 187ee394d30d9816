using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Breakdown;

/// <summary>The invoices of one organization, counted by status: the query is so slow that only the predicate can show.</summary>
public class CountLadderBenchmarks : SelectLadderBenchmarks<StatusCount>
{
    internal static SelectSteps<StatusCount> Steps(BreakdownPools pools) => new(pools, queries => queries.CountByStatus, HandWrittenCode.ReadStatusCount);

    private protected override SelectSteps<StatusCount> StepsOf(BreakdownPools pools) => Steps(pools);
}
