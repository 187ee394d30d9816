using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Shipped;

// The parts of sql/guard/ that have to be as they were shipped, or the guard does not hold.
internal static class GuardParts
{
    internal const string Schema = "app_guard";
    internal const string EventTrigger = "tenant_guard";
    internal const string Function = $"{Schema}.note_change";
    internal const string CommitTrigger = "check_at_commit";

    // True for what the guard does not have.
    internal static bool IsShipped(Function function) =>
        ShippedFunctions.Guard.FirstOrDefault(shipped => shipped.Name == function.SqlName)?.IsSame(function) ?? true;
}
