using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class PolicyCommandGap : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-command-gap", AuditSeverity.Error,
        "A ban that forgets a write command.",
        "A tenant that must not be written can still be updated or deleted.",
        Docs + "sql-createpolicy.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from policy in model.Policies
        where policy.TenantColumn is not null && policy.ConcernsApp && policy.IsBan
        let bans = model.PoliciesOf(policy.Table).Where(other => other.ConcernsApp && (other.IsBan || other.IsClosed)).ToList()
        let missing = "awd".Where(command => !bans.Any(other => other.Policy.Covers(command)) && MayWrite(model, policy.Table, command)).ToList()
        where missing.Count > 0
        let condition = (policy.Check.IsEmpty ? policy.Using : policy.Check).Text
        select Found(policy.Name, $"It does not hold for {string.Join(" and ", missing.Select(PolicyFix.Command))}.",
            Fix.Review(string.Join('\n', missing.Select(letter => Create(model, policy, PolicyFix.Command(letter), condition)))));

    /// <summary>What nobody of the app may do needs no ban.</summary>
    private static bool MayWrite(DatabaseModel model, Relation table, char command) =>
        model.AppGrants(GrantKind.Relation, table.Oid).Any(grant => grant.Privilege == PolicyFix.Command(command)) || model.Identities.IsApp(table.Owner);

    private static string Create(DatabaseModel model, PolicyAnalysis policy, string command, string condition) =>
        $"CREATE POLICY {Identifier.Quote($"{policy.Policy.Name}_{command.ToLowerInvariant()}")} ON {policy.Table.Name} AS RESTRICTIVE FOR {command} "
        + $"TO {PolicyFix.Roles(model, policy)} {(command == "INSERT" ? "WITH CHECK" : "USING")} ({condition});";
}
