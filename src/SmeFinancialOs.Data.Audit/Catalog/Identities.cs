namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>Which roles a login is, inherits or may become.</summary>
internal sealed class Identities
{
    private readonly CatalogSnapshot _catalog;
    private readonly ILookup<uint, Membership> _memberships;
    private readonly Dictionary<string, Role> _byName;
    private readonly HashSet<uint> _app;

    internal Identities(CatalogSnapshot catalog, SchemaAuditOptions options)
    {
        _catalog = catalog;
        _memberships = catalog.Memberships.ToLookup(membership => membership.Member);
        _byName = catalog.Roles.Values.ToDictionary(role => role.Name);
        AppLogins = Named(options.AppLogins);
        AdminRoles = Named(options.AdminRoles);
        TenantRoles = Named(options.TenantRoles);
        Logins = [.. AppLogins.Concat(Named(options.AdminLogins)).Distinct()];
        var admins = AdminRoles.Select(role => role.Oid).ToHashSet();
        // Becoming an admin is a finding of its own: it must not make every admin policy one more.
        _app = Reach(AppLogins.Concat(TenantRoles).Select(role => role.Oid), membership => membership.Usable && !admins.Contains(membership.Role));
    }

    public IReadOnlyList<Role> AppLogins { get; }

    public IReadOnlyList<Role> TenantRoles { get; }

    public IReadOnlyList<Role> AdminRoles { get; }

    /// <summary>Of the app and of its operators.</summary>
    public IReadOnlyList<Role> Logins { get; }

    public IEnumerable<Role> App => _app.Select(oid => _catalog.Roles[oid]);

    public bool IsApp(uint role) => role == 0 || _app.Contains(role);

    public IEnumerable<Role> MayBecome(Role login) => Reach([login.Oid], membership => membership.Usable).Select(oid => _catalog.Roles[oid]);

    /// <summary>What a login may become without becoming an admin, which is a finding of its own.</summary>
    public IEnumerable<Role> Attackers(Role login) =>
        Reach([login.Oid], membership => membership.Usable && AdminRoles.All(admin => admin.Oid != membership.Role)).Select(oid => _catalog.Roles[oid]);

    /// <summary>Without SET ROLE. Up to 15 the member's own attribute decides, from 16 on each grant for itself.</summary>
    public IEnumerable<Role> Inherited(Role login) =>
        Reach([login.Oid], membership => membership.Inherits ?? _catalog.Roles[membership.Member].Inherits).Where(oid => oid != login.Oid)
            .Select(oid => _catalog.Roles[oid]);

    public string NameOf(uint role) => role == 0 ? "PUBLIC" : _catalog.Roles.TryGetValue(role, out var known) ? known.Sql : "unknown";

    public HashSet<uint> Reach(Role login, Func<Membership, bool> follow) => Reach([login.Oid], follow);

    private List<Role> Named(IEnumerable<string> names) => [.. names.Select(_byName.GetValueOrDefault).OfType<Role>()];

    private HashSet<uint> Reach(IEnumerable<uint> from, Func<Membership, bool> follow)
    {
        var seen = from.ToHashSet();
        var open = new Queue<uint>(seen);
        while (open.TryDequeue(out var member))
        {
            foreach (var membership in _memberships[member].Where(membership => _catalog.Roles.ContainsKey(membership.Role) && follow(membership)))
            {
                if (seen.Add(membership.Role))
                    open.Enqueue(membership.Role);
            }
        }
        return seen;
    }
}
