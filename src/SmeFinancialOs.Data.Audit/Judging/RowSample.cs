namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>Filter: what a row must be, or the table would not take it.</summary>
internal sealed record RowSample(IReadOnlyList<SampleRow> Rows, IReadOnlyList<string> Filter);
