namespace SmeFinancialOs.Data.Audit.Drift;

/// <summary>What the roles of a snapshot may become, by inheritance, SET ROLE or the right to grant it to themselves.</summary>
internal sealed class RoleReach(Facts facts)
{
    private readonly ILookup<string, string> _roles = facts.Of(SnapshotSection.Memberships).Values
        .Where(membership => membership.Is("inherit", "yes") || membership.Is("set", "yes") || membership.Is("admin", "yes"))
        .ToLookup(membership => membership["member"], membership => membership["role"]);

    /// <summary>The role itself among them.</summary>
    public IReadOnlySet<string> Of(string role)
    {
        var seen = new HashSet<string> { role };
        var open = new Queue<string>(seen);
        while (open.TryDequeue(out var member))
        {
            foreach (var next in _roles[member].Where(seen.Add))
                open.Enqueue(next);
        }
        return seen;
    }

    /// <summary>Of these the roles that no policy binds, and those of operators.</summary>
    public IEnumerable<string> Powers(string role) => Of(role).Where(name => facts.Of(SnapshotSection.Roles).TryGetValue(name, out var fact)
        && (fact.Is("kind", "operator") || fact.Is("superuser", "yes") || fact.Is("bypassRls", "yes")));
}
