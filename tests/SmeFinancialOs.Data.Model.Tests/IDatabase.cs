namespace SmeFinancialOs.Data.Model.Tests;

/// <summary>Runs steps and says what came of each, as text that can be compared.</summary>
internal interface IDatabase
{
    Task<string> RunAsync(Step step);

    /// <summary>All rows of a tenant, as they really are.</summary>
    Task<string> ContentAsync(int tenant);
}
