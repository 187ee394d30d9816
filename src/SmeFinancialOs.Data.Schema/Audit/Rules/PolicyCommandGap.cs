namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class PolicyCommandGap : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-command-gap", AuditSeverity.Error,
        "A ban that forgets a write command.",
        "A tenant that must not be written can still be updated or deleted.",
        Docs + "sql-createpolicy.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from policy in scene.Policies
        where policy.TenantColumn is not null && policy.ConcernsApp && policy.Expressions.Any(policy.IsBan)
        let covered = scene.PoliciesOf(policy.Table).Where(other => other.ConcernsApp && other.Expressions.Any(other.IsBan)).ToList()
        let missing = "awd".Where(command => !covered.Any(other => other.Policy.Covers(command))).Select(Command).ToList()
        where missing.Count > 0
        let condition = policy.Policy.Check ?? policy.Policy.Using
        let roles = string.Join(", ", policy.Policy.Roles.Select(scene.Identities.NameOf))
        select Found(policy.Name, $"It does not hold for {string.Join(" and ", missing)}.",
            string.Join("\n", missing.Select(command => $"CREATE POLICY {Identifier.Quote($"{policy.Policy.Name}_{command.ToLowerInvariant()}")} ON {policy.Table.Name} AS RESTRICTIVE FOR {command} TO {roles} {(command == "INSERT" ? "WITH CHECK" : "USING")} ({condition});")));

    private static string Command(char letter) => letter switch { 'a' => "INSERT", 'w' => "UPDATE", _ => "DELETE" };
}
