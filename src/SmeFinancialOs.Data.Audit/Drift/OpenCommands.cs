using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Drift;

/// <summary>Which commands a role may run on a table: those it has a privilege for and, where policies bind it, a permissive policy.</summary>
internal sealed class OpenCommands(DatabaseModel model)
{
    private static readonly (string Privilege, char Letter)[] Commands = [("DELETE", 'd'), ("INSERT", 'a'), ("SELECT", 'r'), ("UPDATE", 'w')];

    private readonly Dictionary<uint, (HashSet<uint> Rights, bool IsExempt)> _roles = [];

    internal string Of(Relation table, Role role)
    {
        var (rights, isExempt) = RightsOf(role);
        if (!role.Superuser && !MayEnter(table.Schema, rights))
            return "";
        var isFree = isExempt || !table.RowSecurity || (!table.Forced && rights.Contains(table.Owner));
        var policies = model.PoliciesOf(table).Select(analysis => analysis.Policy)
            .Where(policy => policy.Permissive && policy.Roles.Any(to => to == 0 || rights.Contains(to))).ToList();
        return string.Join(", ", Commands.Where(command => MayRun(command.Privilege, table, role, rights)
            && (isFree || policies.Exists(policy => policy.Covers(command.Letter)))).Select(command => command.Privilege));
    }

    private bool MayEnter(uint schema, HashSet<uint> rights) => model.Catalog.Schemas.Any(known => known.Oid == schema && rights.Contains(known.Owner))
        || model.Catalog.Grants[(GrantKind.Schema, schema)].Any(grant => grant.Privilege == "USAGE" && IsOf(grant, rights));

    private bool MayRun(string privilege, Relation table, Role role, HashSet<uint> rights) => role.Superuser || rights.Contains(table.Owner)
        || model.Catalog.Grants[(GrantKind.Relation, table.Oid)].Any(grant => grant.Privilege == privilege && IsOf(grant, rights));

    private static bool IsOf(Grant grant, HashSet<uint> rights) => grant.Grantee == 0 || rights.Contains(grant.Grantee);

    /// <summary>Attributes are not inherited.</summary>
    private (HashSet<uint> Rights, bool IsExempt) RightsOf(Role role)
    {
        if (!_roles.TryGetValue(role.Oid, out var known))
            _roles[role.Oid] = known = ([.. model.Identities.Inherited(role).Select(other => other.Oid), role.Oid], role.Superuser || role.BypassesRls);
        return known;
    }
}
