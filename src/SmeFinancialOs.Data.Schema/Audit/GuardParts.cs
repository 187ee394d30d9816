namespace SmeFinancialOs.Data.Schema.Audit;

// The parts of sql/guard/ that have to be as they were shipped, or the guard does not hold.
internal static class GuardParts
{
    internal const string Schema = "app_guard";
    internal const string EventTrigger = "tenant_guard";
    internal const string Function = $"{Schema}.note_change";
    internal const string CommitTrigger = "check_at_commit";

    private static readonly Lazy<ShippedFunctions> Shipped = new(() => new(EmbeddedScripts.Guard));

    internal static bool IsShipped(Catalog.Function function) => Shipped.Value.Matches(function);
}
