namespace SmeFinancialOs.Data.Benchmarks.Measuring;

/// <summary>Ways to ask for the same rows. They take turns; the first is the yardstick of the others.</summary>
internal sealed record Comparison(string Title, IReadOnlyList<Case> Cases)
{
    public Case Yardstick => Cases[0];
}
