using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>What the ways with hand-written SQL send: the same query, filtered by its WHERE or by the policies.</summary>
internal static class PeerSql
{
    /// <summary>On the unprotected tables; its one parameter is the organization.</summary>
    public static string Unprotected { get; } = new Queries(TwinTables.Schema, " WHERE org_id = @org").Newest;

    public static string Protected { get; } = new Queries(TableSets.Protected, "").Newest;
}
