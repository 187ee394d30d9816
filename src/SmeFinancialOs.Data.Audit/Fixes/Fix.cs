namespace SmeFinancialOs.Data.Audit.Fixes;

// What a finding offers as SQL, and the rule's decision whether it may be applied without asking anybody.
internal readonly record struct Fix(string Sql, bool IsSafe)
{
    // Complete, changes no row, and takes nothing from an app that keeps to its own tenant.
    internal static Fix Safe(string sql) => new(sql, true);

    // Complete, but it takes or changes something that somebody may count on: a privilege, a policy, a key.
    internal static Fix Review(string sql) => new(sql, false);

    // What only a person can decide, as a comment.
    internal static Fix Person(string advice) => new("-- " + advice, false);
}
