using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Breakdown;

/// <summary>The newest 50 invoices of one organization: the query is so fast that all around it shows.</summary>
public class NewestLadderBenchmarks : SelectLadderBenchmarks<InvoiceRow>
{
    internal static SelectSteps<InvoiceRow> Steps(BreakdownPools pools) => new(pools, queries => queries.Newest, HandWrittenCode.ReadInvoice);

    private protected override SelectSteps<InvoiceRow> StepsOf(BreakdownPools pools) => Steps(pools);
}
