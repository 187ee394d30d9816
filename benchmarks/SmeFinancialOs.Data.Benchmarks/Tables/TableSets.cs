namespace SmeFinancialOs.Data.Benchmarks.Tables;

/// <summary>The schemas that hold the same rows.</summary>
internal static class TableSets
{
    public const string Protected = "public";

    public static IReadOnlyList<string> All { get; } = [Protected, TwinTables.Schema, ArticleTables.Schema];
}
