using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class PoliciesOr : CatalogRule
{
    internal const string Id = "policies-or";

    public override AuditRule Description { get; } = new(
        Id, AuditSeverity.Error,
        "Permissive policies that are ORed for one role and command.",
        "Each of them is a way in: the rows of the demo appear in every tenant's lists, and a second policy undoes the first.",
        Docs + "sql-createpolicy.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from table in model.TenantTables
        where !model.IsSettled(table)
        let policies = model.PoliciesOf(table).Where(policy => policy.Policy.Permissive && policy.ConcernsApp).ToList()
        where policies.Count > 1
        let loose = policies.Where(policy => IsLoose(policy) && policies.Any(other => other != policy && Overlap(policy, other))).ToList()
        where loose.Count > 0
        let names = string.Join(", ", loose.Select(policy => policy.Sql))
        select Found(table.Name, $"{names} and another permissive policy hold for the same role and command: a row passes if either lets it.",
            Fix.Review(string.Join('\n', loose.Select(policy => policy.IsBan ? PolicyFix.Restrict(model, policy)
                : $"DROP POLICY {policy.Sql} ON {table.Name};")))).About(loose.Select(policy => policy.Sql));

    /// <summary>One that is not the tenant's own rows adds rows to what the others let through. What cannot be judged is reported as that.</summary>
    private static bool IsLoose(PolicyAnalysis policy) =>
        !policy.AsksNull && !policy.AsksRole && policy.FilterOf(policy.Policy.Command == '*' ? 'r' : policy.Policy.Command)
            is TenantFilter.Open or TenantFilter.Fixed;

    private static bool Overlap(PolicyAnalysis one, PolicyAnalysis other) =>
        "rawd".Any(command => one.Policy.Covers(command) && other.Policy.Covers(command))
        && (one.ConcernsPublic || other.ConcernsPublic || one.Policy.Roles.Intersect(other.Policy.Roles).Any());
}
