namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>
/// A table with policies and the verdict that a person gave them. Sql runs in a schema of its own, in which the table t stands already:
/// t (tenant_id bigint NOT NULL, id bigint, .., PRIMARY KEY (tenant_id, id)), enabled, forced, and SELECT, INSERT, UPDATE, DELETE granted to $web.
/// $cur is the tenant's setting as a bigint, $text as text. Table: the definition of t where it is another one. Before: what t refers to.
/// </summary>
internal sealed record LabelledPolicy(string Name, PolicyVerdict Verdict, string Sql)
{
    internal const string TextTable = "tenant_id text NOT NULL, id bigint, PRIMARY KEY (tenant_id, id)";
    internal const string UuidTable = "tenant_id uuid NOT NULL, id bigint, PRIMARY KEY (tenant_id, id)";

    public string Table { get; init; } = "tenant_id bigint NOT NULL, id bigint, owner_id bigint, note text, open boolean, PRIMARY KEY (tenant_id, id)";

    public string Before { get; init; } = "";

    /// <summary>A part of what stands in the way of a verdict; null for any.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the rows of t belong to tenants by their parents alone.</summary>
    public bool IsChild => !Table.Contains("tenant_id", StringComparison.Ordinal) && !Table.Contains("owner bigint", StringComparison.Ordinal);

    public static IReadOnlyList<LabelledPolicy> All { get; } = [.. HolePolicies.All, .. SafePolicies.All, .. OtherPolicies.All, .. MembershipPolicies.All,
        .. ChildPolicies.All, .. FunctionPolicies.All];

    internal static LabelledPolicy Using(string name, PolicyVerdict verdict, string expression, string? table = null)
    {
        var policy = new LabelledPolicy(name, verdict, $"CREATE POLICY p ON t USING ({expression});");
        return table is null ? policy : policy with { Table = table };
    }
}
