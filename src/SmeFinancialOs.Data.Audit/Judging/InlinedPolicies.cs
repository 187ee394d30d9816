using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>The policies as they are judged: calls of SQL functions that read tables are replaced by the functions' queries, where that can be done.</summary>
internal sealed class InlinedPolicies
{
    private readonly ILookup<uint, Policy> _policies;
    private readonly Dictionary<uint, string> _obstacles = [];
    private readonly Dictionary<string, bool> _readers = [];

    /// <summary>Where contexts are sealed, functions read the seal, and policies are judged by shape.</summary>
    internal InlinedPolicies(DatabaseModel model) =>
        _policies = model.Catalog.Policies.Select(policy => model.IsSealed ? policy : Inline(model, policy)).ToLookup(policy => policy.Relation);

    public IEnumerable<string> Expressions =>
        _policies.SelectMany(policies => policies).SelectMany(policy => new[] { policy.Using, policy.Check }).OfType<string>();

    /// <summary>All that are read.</summary>
    public IEnumerable<uint> Tables =>
        _policies.SelectMany(policies => policies).SelectMany(policy => policy.Reads.Concat(policy.DefinerReads.Select(read => read.Table)));

    public IEnumerable<Policy> Of(uint table) => _policies[table];

    /// <summary>Why the query of a function cannot stand in the place of a call.</summary>
    public string? ObstacleOf(Function function) => _obstacles.GetValueOrDefault(function.Oid);

    private Policy Inline(DatabaseModel model, Policy policy)
    {
        if (model.Catalog.Relations.GetValueOrDefault(policy.Relation) is not { } table)
            return policy;
        var inliner = new FunctionInliner(model, table, _obstacles, _readers);
        var (condition, check) = (inliner.Inline(policy.Using), inliner.Inline(policy.Check));
        return inliner.Inlined.Count == 0 ? policy : policy with
        {
            Using = condition,
            Check = check,
            Reads = [.. policy.Reads.Union(inliner.Reads.Where(read => read.Owner == 0).Select(read => read.Table))],
            DefinerReads = [.. inliner.Reads.Where(read => read.Owner != 0)],
            Inlined = inliner.Inlined,
        };
    }
}
