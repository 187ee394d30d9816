namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class PoliciesOr : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policies-or", AuditSeverity.Error,
        "Permissive policies that are ORed for one role and command.",
        "Each of them is a way in: the rows of the demo appear in every tenant's lists, and a second policy undoes the first.",
        Docs + "sql-createpolicy.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from table in scene.TenantTables
        let policies = scene.PoliciesOf(table).Where(policy => policy.Policy.Permissive && policy.ConcernsApp).ToList()
        let pair = (from one in policies
                    from other in policies
                    where one != other && "rawd".Any(command => one.Policy.Covers(command) && other.Policy.Covers(command)) && Share(one, other)
                    where !other.IsOfSetting(other.Policy.Command == 'a' ? other.CheckOrUsing : other.Using)
                    select other).FirstOrDefault()
        where pair is not null
        select Found(table.Name, $"{pair.Sql} and another permissive policy hold for the same role and command: a row passes if either lets it.",
            $"DROP POLICY {pair.Sql} ON {table.Name}; -- if it is a ban, create it again AS RESTRICTIVE");

    private static bool Share(PolicyView one, PolicyView other) => one.ConcernsPublic || other.ConcernsPublic || one.Policy.Roles.Intersect(other.Policy.Roles).Any();
}
