namespace SmeFinancialOs.Data.Cli;

/// <summary>IsComplete: everything that was looked at was judged. What a command found, of how much, and what was left out for a reason.</summary>
internal sealed record Outcome(string Command, IReadOnlyList<Problem> Problems, IReadOnlyList<(Problem Problem, string Reason)> Suppressed,
    string ServerVersion, string Scope, bool IsComplete = true)
{
    /// <summary>What was done in detail, a line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
