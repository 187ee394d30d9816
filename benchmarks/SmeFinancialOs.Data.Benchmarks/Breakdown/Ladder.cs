using SmeFinancialOs.Data.Benchmarks.Measuring;

namespace SmeFinancialOs.Data.Benchmarks.Breakdown;

/// <summary>A step adds one thing to an earlier step.</summary>
/// <param name="Case">The step itself.</param>
/// <param name="On">The number of the step it is built on, from 1; null for one that stands on the ground.</param>
internal sealed record Step(Case Case, int? On);

/// <summary>Steps from little to a whole request.</summary>
/// <param name="Title">What is asked.</param>
/// <param name="Yardstick">The number of the step that is hand-coded ADO.NET on unprotected tables.</param>
/// <param name="Steps">In the order of the table.</param>
internal sealed record Ladder(string Title, int Yardstick, params IReadOnlyList<Step> Steps)
{
    public Comparison Comparison { get; } =
        new(Title, [Steps[Yardstick - 1].Case, .. Steps.Select(step => step.Case).Where(way => way != Steps[Yardstick - 1].Case)]);
}
