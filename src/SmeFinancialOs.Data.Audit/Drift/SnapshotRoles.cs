using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Drift;

/// <summary>Who may do what: privileges, the roles that have them, what these roles may become and what they start with.</summary>
internal sealed class SnapshotRoles(DatabaseModel model, SnapshotDetails details, Facts facts)
{
    /// <summary>A custom setting may hold a secret, such as the key that signs a token: its value is not written.</summary>
    internal static string Shown(string setting, string value) => setting.Contains('.', StringComparison.Ordinal) ? "(not written)" : value;

    internal static string YesNo(bool value) => value ? "yes" : "no";

    internal void Add(IReadOnlyCollection<Function> functions)
    {
        var objects = functions.ToDictionary(function => (GrantKind.Function, function.Oid), function => ("function", function.Signature));
        foreach (var relation in model.Catalog.Relations.Values.Where(relation => !relation.Temporary))
            objects.Add((GrantKind.Relation, relation.Oid), (SnapshotBuilder.KindOf(relation), relation.Name));
        foreach (var schema in model.Catalog.Schemas)
            objects.Add((GrantKind.Schema, schema.Oid), ("schema", schema.Name));
        objects.Add((GrantKind.Database, 0), ("database", "this database"));
        var grants = details.Grants.Where(grant => objects.ContainsKey((grant.Kind, grant.Object))).ToList();
        foreach (var grant in grants.GroupBy(grant => (Object: objects[(grant.Kind, grant.Object)], grant.Grantee)))
            AddGrant(grant.Key.Object.Item1, grant.Key.Object.Item2, Name(grant.Key.Grantee), grant);
        foreach (var granted in model.Catalog.DefaultPrivileges)
            AddDefaultPrivilege(granted);

        var matter = RolesThatMatter([.. grants.Select(grant => grant.Grantee), .. functions.Select(function => function.Owner)]);
        foreach (var role in matter.Select(oid => model.Catalog.Roles.GetValueOrDefault(oid)).OfType<Role>()
            .Where(role => !role.Name.StartsWith("pg_", StringComparison.Ordinal)))
            AddRole(role);
        var kept = model.Identities.App.Concat(model.Identities.Logins).Concat(model.Identities.AdminRoles).Select(role => role.Oid).ToHashSet();
        foreach (var membership in details.Memberships.Where(membership => matter.Contains(membership.Member) || kept.Contains(membership.Role)))
            AddMembership(membership);
        var names = matter.Select(oid => model.Catalog.Roles.GetValueOrDefault(oid)?.Name).ToHashSet();
        foreach (var setting in model.Catalog.DefaultSettings.Where(setting => setting.Role is null || names.Contains(setting.Role)))
            AddSetting(setting);
    }

    private string Name(uint role) => model.Identities.NameOf(role);

    private void AddGrant(string kind, string name, string role, IEnumerable<DetailedGrant> grants)
    {
        var fact = facts.Add(SnapshotSection.Grants, $"{kind} {name} to {role}");
        (fact["kind"], fact["on"], fact["to"]) = (kind, name, role);
        foreach (var privilege in grants.GroupBy(grant => grant.Privilege))
        {
            var whole = privilege.Where(grant => grant.Column is null).ToList();
            fact[privilege.Key] = (whole.Count > 0 ? "all" : $"columns {string.Join(", ", privilege.Select(grant => grant.Column).Distinct()
                .Order(StringComparer.Ordinal))}") + (privilege.Any(grant => grant.Grantable) ? ", with grant option" : "");
        }
    }

    private void AddDefaultPrivilege(DefaultPrivilege granted)
    {
        var (role, schema) = (Name(granted.Grantee), granted.Schema is null ? "" : $" IN SCHEMA {granted.Schema}");
        var name = $"{granted.Owner}{schema} to {role}";
        var fact = facts.Of(SnapshotSection.DefaultPrivileges).TryGetValue(name, out var known) ? known : facts.Add(SnapshotSection.DefaultPrivileges, name);
        (fact["owner"], fact["schema"], fact["to"], fact[granted.Privilege]) = (granted.Owner, granted.Schema ?? "", role, "all");
    }

    /// <summary>The app's and the operators', owners, grantees, those that policies name; and what these may become.</summary>
    private HashSet<uint> RolesThatMatter(IReadOnlyCollection<uint> also)
    {
        var matter = model.Identities.App.Concat(model.Identities.Logins).Concat(model.Identities.AdminRoles).Select(role => role.Oid)
            .Concat(model.Catalog.Relations.Values.Select(relation => relation.Owner)).Concat(model.Catalog.Schemas.Select(schema => schema.Owner))
            .Concat(model.Catalog.Policies.SelectMany(policy => policy.Roles)).Append(model.Catalog.Database.Owner).Concat(also)
            .Concat(model.Catalog.DefaultPrivileges.Select(granted => granted.Grantee)).Where(oid => oid != 0).ToHashSet();
        var memberships = details.Memberships.ToLookup(membership => membership.Member, membership => membership.Role);
        var open = new Queue<uint>(matter);
        while (open.TryDequeue(out var member))
        {
            foreach (var role in memberships[member].Where(matter.Add))
                open.Enqueue(role);
        }
        return matter;
    }

    private void AddRole(Role role)
    {
        var fact = facts.Add(SnapshotSection.Roles, role.Sql);
        fact["kind"] = model.Identities.AdminRoles.Contains(role) || (model.Identities.Logins.Contains(role) && !model.Identities.AppLogins.Contains(role))
            ? "operator" : model.Identities.IsApp(role.Oid) ? "app" : "other";
        (fact["superuser"], fact["bypassRls"]) = (YesNo(role.Superuser), YesNo(role.BypassesRls));
        (fact["createRole"], fact["replication"]) = (YesNo(role.CreatesRoles), YesNo(role.Replicates));
        (fact["inherit"], fact["login"]) = (YesNo(role.Inherits), YesNo(role.LogsIn));
    }

    private void AddMembership(DetailedMembership membership)
    {
        var (role, member) = (Name(membership.Role), Name(membership.Member));
        var fact = facts.Add(SnapshotSection.Memberships, $"{member} in {role}");
        (fact["member"], fact["role"]) = (member, role);
        (fact["inherit"], fact["set"], fact["admin"]) = (YesNo(membership.Inherits), YesNo(membership.Sets), YesNo(membership.Admin));
    }

    private void AddSetting(DefaultSetting setting)
    {
        var owner = setting.Database is null ? setting.Owner
            : setting.Owner.Replace($"DATABASE {Identifier.Quote(setting.Database)}", "DATABASE", StringComparison.Ordinal);
        var fact = facts.Add(SnapshotSection.Settings, $"{owner}: {setting.Name}");
        (fact["of"], fact["setting"], fact["value"]) = (owner, setting.Name, Shown(setting.Name, setting.Value));
    }
}
