namespace SmeFinancialOs.Data.Audit.Judging;

// Filter: what a row must be, or the table would not take it.
internal sealed record RowSample(IReadOnlyList<SampleRow> Rows, IReadOnlyList<string> Filter);
