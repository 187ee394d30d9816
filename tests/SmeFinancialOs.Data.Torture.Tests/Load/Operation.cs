namespace SmeFinancialOs.Data.Torture.Tests.Load;

/// <summary>Something that a host does.</summary>
/// <param name="Name">In the report.</param>
/// <param name="Weight">How often, among all.</param>
/// <param name="RunAsync">Does it; a fault is the caller's to name.</param>
internal sealed record Operation(string Name, int Weight, Func<Random, CancellationToken, Task> RunAsync);
