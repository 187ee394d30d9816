using DbUp.Engine;

namespace SmeFinancialOs.Data.Schema.Tests;

internal static class TestScripts
{
    /// <summary>A migrator's scripts are these alone.</summary>
    internal static MigrationScripts Only(IReadOnlyList<SqlScript> scripts) => new(scripts, [], [], []);
}
