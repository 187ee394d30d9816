using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Fixes;

/// <summary>
/// Other expressions for a policy. Write: USING and WITH CHECK as they are, to what they become; null for what stays. Several rewrites of one policy make one
/// ALTER POLICY, each of them from what the one before has written: ALTERs from the original text would undo each other.
/// </summary>
internal sealed record PolicyRewrite(PolicyAnalysis Policy, Func<SqlText, SqlText, (string? Using, string? Check)> Write)
{
    /// <summary>Both expressions in the same way.</summary>
    internal static PolicyRewrite OfEach(PolicyAnalysis policy, Func<SqlText, string?> write) =>
        new(policy, (@using, check) => (@using.IsEmpty ? null : write(@using), check.IsEmpty ? null : write(check)));

    internal static string Alter(params IReadOnlyList<PolicyRewrite> rewrites)
    {
        var policy = rewrites[0].Policy;
        var (@using, check) = (policy.Using, policy.Check);
        foreach (var rewrite in rewrites)
        {
            var (newUsing, newCheck) = rewrite.Write(@using, check);
            (@using, check) = (newUsing is null ? @using : SqlText.Of(newUsing), newCheck is null ? check : SqlText.Of(newCheck));
        }
        return $"ALTER POLICY {policy.Sql} ON {policy.Table.Name}{Clause("USING", policy.Using, @using)}{Clause("WITH CHECK", policy.Check, check)};";
    }

    private static string Clause(string name, SqlText old, SqlText @new) => @new.Text == old.Text ? "" : $" {name} ({@new.Text})";
}
