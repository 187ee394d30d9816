using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Fixes;

/// <summary>Takes memberships away. From 16 on a membership belongs to whoever granted it: only GRANTED BY reaches that one.</summary>
internal static class RoleFix
{
    /// <summary>The grants by which a login comes by a role, maybe by way of others. Whoever granted it on loses that, too.</summary>
    internal static Fix Revoke(DatabaseModel model, Role login, Role role)
    {
        var reached = model.Identities.Reach(login, membership => membership.Role != role.Oid && membership.Usable);
        return Fix.Review(string.Join('\n',
            from membership in model.Catalog.Memberships
            where membership.Role == role.Oid && reached.Contains(membership.Member)
            let cascade = model.Catalog.Memberships.Any(other => other.Role == role.Oid && other.Grantor == membership.Member) ? " CASCADE" : ""
            select $"REVOKE {role.Sql} FROM {model.Identities.NameOf(membership.Member)}{GrantedBy(model, membership)}{cascade};"));
    }

    /// <summary>The login's own grants by which it inherits a role: it may still SET ROLE.</summary>
    internal static Fix StopInheriting(DatabaseModel model, Role role, Role login) =>
        model.Catalog.ServerVersion.Major < 16
            ? Fix.Review($"ALTER ROLE {login.Sql} NOINHERIT;")
            : Fix.Review(string.Join('\n',
                from membership in model.Catalog.Memberships
                where membership.Member == login.Oid && membership.Inherits == true
                let granted = model.Catalog.Roles[membership.Role]
                where granted == role || model.Identities.Inherited(granted).Contains(role)
                select $"GRANT {granted.Sql} TO {login.Sql} WITH INHERIT FALSE{GrantedBy(model, membership)};"));

    private static string GrantedBy(DatabaseModel model, Membership membership) =>
        model.Catalog.ServerVersion.Major < 16 ? "" : $" GRANTED BY {model.Identities.NameOf(membership.Grantor)}";
}
