using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

/// <summary>
/// An attribute that no login of the app or of an operator may have, nor a role that it may become. Attributes are not inherited, but SET ROLE takes them.
/// </summary>
internal sealed class LoginAttributeRule(string attribute, Func<Role, bool> has, AuditRule description) : CatalogRule, IRuleFamily
{
    public static IReadOnlyList<CatalogRule> Rows { get; } =
    [
        new LoginAttributeRule("SUPERUSER", role => role.Superuser, new(
            "login-superuser", AuditSeverity.Error,
            "A login that is or may become a superuser.",
            "Superusers are never bound by row-level security, FORCE or not.",
            Docs + "role-attributes.html")),
        new LoginAttributeRule("BYPASSRLS", role => role.BypassesRls, new(
            "login-bypassrls", AuditSeverity.Error,
            "A login that has or may come by BYPASSRLS.",
            "No policy is asked for such a role.",
            Docs + "role-attributes.html")),
        new LoginAttributeRule("CREATEROLE", role => role.CreatesRoles, new(
            "login-createrole", AuditSeverity.Error,
            "A login that has or may come by CREATEROLE.",
            "It can make itself a member of other roles; up to 15 of any that is no superuser.",
            Docs + "role-attributes.html")),
        new LoginAttributeRule("REPLICATION", role => role.Replicates, new(
            "login-replication", AuditSeverity.Error,
            "A login that has or may come by REPLICATION.",
            "It can read every row of every tenant from the write-ahead log.",
            Docs + "role-attributes.html")),
    ];

    public override AuditRule Description => description;

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from login in model.Identities.Logins
        let role = has(login) ? login : model.Identities.MayBecome(login).FirstOrDefault(has)
        where role is not null
        select Found(login.Sql, role == login ? $"It has {attribute}." : $"It may become {role.Sql}, which has {attribute}.",
            role == login ? Fix.Review($"ALTER ROLE {login.Sql} NO{attribute};") : RoleFix.Revoke(model, login, role));
}
