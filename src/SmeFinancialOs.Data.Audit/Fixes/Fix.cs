namespace SmeFinancialOs.Data.Audit.Fixes;

/// <summary>What a finding offers as SQL, and the rule's decision whether it may be applied without asking anybody.</summary>
internal readonly record struct Fix(string Sql, bool IsSafe)
{
    /// <summary>What it does to a policy, where it does nothing else; null otherwise.</summary>
    public PolicyRewrite? Rewrite { get; private init; }

    internal static Fix Of(PolicyRewrite rewrite, bool isSafe) => new(PolicyRewrite.Alter(rewrite), isSafe) { Rewrite = rewrite };

    /// <summary>Complete, changes no row, and takes nothing from an app that keeps to its own tenant.</summary>
    internal static Fix Safe(string sql) => new(sql, true);

    /// <summary>Complete, but it takes or changes something that somebody may count on: a privilege, a policy, a key.</summary>
    internal static Fix Review(string sql) => new(sql, false);

    /// <summary>What only a person can decide, as a comment.</summary>
    internal static Fix Person(string advice) => new("-- " + advice, false);
}
