using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Probing;

namespace SmeFinancialOs.Data.Audit.Proving;

/// <summary>
/// The identities of a proof, in each state of the tenant: every role of the app; and of the others the operators, whoever has a privilege on what holds
/// tenants' rows, such as a role for reports, and whoever owns a tenant table and acts as its owner, such as a nightly job.
/// </summary>
internal static class ProofIdentities
{
    internal static IEnumerable<ProofIdentity> Of(DatabaseModel model, ProbeContext context, IReadOnlyList<string> demoRoles)
    {
        var app = App(model).ToList();
        var others = Others(model).Where(role => app.All(item => (item.Role ?? item.Login).Name != role.Name)).Select(role =>
            (Login: role, Role: (Role?)null)).ToList();
        foreach (var tenant in (string?[])[null, "", context.Own])
        {
            foreach (var (login, role) in app)
                yield return new(new(login.Name, role?.Name, demoRoles.Contains((role ?? login).Name), tenant, context, Actor.DefaultsOf(login,
                    model.Catalog, context)), true);
            foreach (var (login, _) in others)
                yield return new(new(login.Name, null, false, tenant, context, Actor.DefaultsOf(login, model.Catalog, context)), false);
        }
    }

    private static IEnumerable<(Role Login, Role? Role)> App(DatabaseModel model)
    {
        var identities = model.Identities;
        var reached = new HashSet<uint>();
        foreach (var login in identities.AppLogins.Concat(identities.TenantRoles))
        {
            foreach (var role in identities.Attackers(login).Where(role => reached.Add(role.Oid)))
                yield return (login, role.Oid == login.Oid ? null : role);
        }
    }

    /// <summary>Nobody sees less than before whom no policy binds.</summary>
    private static IEnumerable<Role> Others(DatabaseModel model)
    {
        var identities = model.Identities;
        var owners = model.TenantTables.Select(table => model.Catalog.Roles.GetValueOrDefault(table.Owner)).OfType<Role>()
            .Where(owner => model.Catalog.Roles.Values.Any(login => login is { LogsIn: true, Superuser: false }
                && identities.MayBecome(login).Any(role => role.Oid == owner.Oid)));
        var readers = model.Catalog.Relations.Values.Where(relation => model.IsTenantTable(relation.Oid) || model.ReadsTenants(relation.Oid))
            .SelectMany(relation => model.Catalog.Grants[(GrantKind.Relation, relation.Oid)])
            .Select(grant => model.Catalog.Roles.GetValueOrDefault(grant.Grantee)).OfType<Role>();
        return owners.Concat(readers).Concat(identities.AdminRoles).Concat(identities.Logins.Except(identities.AppLogins)).Distinct()
            .Where(role => role is { Superuser: false, BypassesRls: false } && !identities.IsApp(role.Oid));
    }
}
