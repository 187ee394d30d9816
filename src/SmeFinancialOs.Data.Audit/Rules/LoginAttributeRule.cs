using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

// An attribute that no login of the app or of an operator may have, nor a role that it may become. Attributes are not inherited, but SET ROLE takes them.
internal abstract class LoginAttributeRule : CatalogRule
{
    protected abstract string Attribute { get; }

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from login in scene.Identities.Logins
        let role = Has(login) ? login : scene.Identities.MayBecome(login).FirstOrDefault(Has)
        where role is not null
        select Found(login.Sql, role == login ? $"It has {Attribute}." : $"It may become {role.Sql}, which has {Attribute}.",
            role == login ? Fix.Review($"ALTER ROLE {login.Sql} NO{Attribute};") : RoleFix.Revoke(scene, login, role));

    protected abstract bool Has(Role role);
}
