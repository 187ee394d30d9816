using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Fixes;

/// <summary>Writes a policy anew.</summary>
internal static class PolicyFix
{
    /// <summary>Ties the policy to the tenant: drops it where another does that already, else replaces what is open in it.</summary>
    internal static Fix Bind(DatabaseModel model, PolicyAnalysis policy) =>
        "rawd".Where(policy.Policy.Covers).All(command => model.PoliciesOf(policy.Table)
            .Any(other => other != policy && other.Policy.Permissive && other.Policy.Covers(command)
            && other.FilterOf(command) == TenantFilter.Tenant && (other.ConcernsPublic || policy.Policy.Roles.All(role => other.Policy.Roles.Contains(role)))))
            ? Fix.Review($"DROP POLICY {policy.Sql} ON {policy.Table.Name};")
            : Fix.Of(new(policy, (@using, check) => (Tied(model, policy, @using, policy.UsingFilter), Tied(model, policy, check, policy.CheckFilter))), false);

    /// <summary>The same policy again, which is then ANDed with the others.</summary>
    internal static string Restrict(DatabaseModel model, PolicyAnalysis policy) =>
        $"DROP POLICY {policy.Sql} ON {policy.Table.Name};\n"
        + $"CREATE POLICY {policy.Sql} ON {policy.Table.Name} AS RESTRICTIVE FOR {Command(policy.Policy.Command)} TO {Roles(model, policy)}"
        + $"{Clause("USING", policy.Using)}{Clause("WITH CHECK", policy.Check)};";

    /// <summary>Without the branches of an OR that let everybody through. Null when nothing is left.</summary>
    internal static string? Without(SqlText text, Func<SqlText, bool> branch)
    {
        if (text.Split("AND") is { Count: > 1 } all)
            return string.Join(" AND ", all.Select(part => Without(part, branch)).OfType<string>().Select(part => $"({part})"));
        if (text.Split("OR") is not { Count: > 1 } either)
            return text.Text;
        var kept = either.Where(part => !branch(part)).Select(part => Without(part, branch)).OfType<string>().ToList();
        return kept.Count switch { 0 => null, 1 => kept[0], _ => string.Join(" OR ", kept.Select(part => $"({part})")) };
    }

    /// <summary>Operators see every row by a policy of their own, which holds after SET ROLE alone.</summary>
    internal static string ForAdmin(Relation table, Role role) =>
        $"CREATE POLICY {Identifier.Quote($"admin_access_{role.Name}")} ON {table.Name} TO {role.Sql} USING (true) WITH CHECK (true);";

    internal static string Roles(DatabaseModel model, PolicyAnalysis policy) => string.Join(", ", policy.Policy.Roles.Select(model.Identities.NameOf));

    internal static string Command(char letter) => letter switch { 'r' => "SELECT", 'a' => "INSERT", 'w' => "UPDATE", 'd' => "DELETE", _ => "ALL" };

    private static string Clause(string name, SqlText text) => text.IsEmpty ? "" : $" {name} ({text.Text})";

    /// <summary>What was asked besides is kept.</summary>
    private static string? Tied(DatabaseModel model, PolicyAnalysis policy, SqlText text, TenantFilter bound)
    {
        if (text.IsEmpty || bound is TenantFilter.Tenant or TenantFilter.Fixed)
            return null;
        var predicate = TableFix.Predicate(model, policy.TenantColumn!);
        return text.Split("OR").Count > 1 || policy.IsAlwaysTrue || text.Bare().Is("true") || text.Has(policy.TenantColumn!.Sql) ? predicate
            : $"({predicate}) AND ({text.Text})";
    }
}
