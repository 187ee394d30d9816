namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// HasRedefinedCast: a cast between two types of PostgreSQL is not PostgreSQL's own. HasRedefinedOperator: an operator has the name of one of PostgreSQL's,
/// so that what a function's text means depends on types. What judging needs to know besides the catalog that the rules read.
/// Commands: the letters of pg_policy, by table and role. LeakproofTypes: two values of such a type can be compared without an error that tells them.
/// </summary>
internal sealed record JudgingFacts(
    bool IsSuperuser,
    bool HasRedefinedCast,
    bool HasRedefinedOperator,
    IReadOnlyDictionary<uint, TableFacts> Tables,
    IReadOnlyDictionary<uint, RoleFacts> Roles,
    IReadOnlyDictionary<(uint Table, uint Role), string> Commands,
    IReadOnlySet<(string? Schema, string Name)> PureFunctions,
    IReadOnlySet<string> LeakproofTypes);
