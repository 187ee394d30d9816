using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class PolicyByInheritance : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-by-inheritance", AuditSeverity.Error,
        "A policy that reaches a login by inheritance.",
        "A policy TO a role holds for whoever inherits from it, without SET ROLE: the admin's policy opens every row to the login.",
        Docs + "sql-grant.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from policy in model.Policies
        where policy.Policy.Permissive && !policy.ConcernsPublic && policy.TenantColumn is not null && !"rawd".Where(policy.Policy.Covers).All(policy.IsTenant)
        let pair = (from login in model.Identities.Logins
                    from role in model.Identities.Inherited(login)
                    where policy.Policy.Roles.Contains(role.Oid)
                    select (Login: login, Role: role)).FirstOrDefault()
        where pair.Login is not null && !model.JudgementsOf(policy.Table).Any(judgement => judgement.Role == pair.Login.Sql
            && judgement is { Verdict: PolicyVerdict.Safe, SharedRows: [] })
        select Found(policy.Name, $"{pair.Login.Sql} inherits {pair.Role.Sql}.", RoleFix.StopInheriting(model, pair.Role, pair.Login));
}
