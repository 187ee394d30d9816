using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Shipped;

/// <summary>The parts of sql/guard/ that have to be as they were shipped, or the guard does not hold.</summary>
internal static class GuardParts
{
    internal const string Schema = "app_guard";
    internal const string EventTrigger = "tenant_guard";
    internal const string Function = $"{Schema}.note_change";
    internal const string Pending = $"{Schema}.pending";
    internal const string CommitTrigger = "check_at_commit";

    /// <summary>True for what the guard does not have.</summary>
    internal static bool IsShipped(Function function) =>
        ShippedFunctions.Guard.FirstOrDefault(shipped => shipped.Name == function.SqlName)?.IsSame(function) ?? true;
}
