using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class MembershipInherits : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "membership-inherits", AuditSeverity.Error,
        "A login that inherits what it should SET ROLE to.",
        "A connection that skipped the tenant context acts with the role's privileges and policies all the same.",
        Docs + "sql-grant.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from login in model.Identities.Logins
        let roles = model.Identities.Inherited(login).Intersect(model.Identities.TenantRoles.Concat(model.Identities.AdminRoles)).ToList()
        where roles.Count > 0
        select Found(login.Sql, $"It inherits from {string.Join(", ", roles.Select(role => role.Sql))}.",
            Fix.Review(string.Join('\n', roles.SelectMany(role => RoleFix.StopInheriting(model, role, login).Sql.Split('\n')).Distinct())));
}
