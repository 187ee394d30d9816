using SmeFinancialOs.Data.Benchmarks.Measuring;

namespace SmeFinancialOs.Data.Benchmarks.Growth;

/// <summary>A line of a table: one way to ask one organization of one table.</summary>
internal sealed record GrowthLine(GrowthSubject Subject, string Method, Case Case)
{
    /// <summary>What PostgreSQL did; null for the INSERT, which finds nothing.</summary>
    public QueryPlan? Plan { get; init; }
}
