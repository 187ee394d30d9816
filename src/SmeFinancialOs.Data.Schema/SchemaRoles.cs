using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Schema;

/// <summary>The names of the nine database roles. Roles belong to the whole cluster: databases that share one may want names of their own.</summary>
public sealed partial class SchemaRoles
{
    /// <summary>Owns every object and runs the scripts; nobody logs in as it.</summary>
    public string Owner { get; init; } = "app_owner";

    /// <summary>What a request of an organization may do.</summary>
    public string Tenant { get; init; } = "tenant_role";

    /// <summary>What the public demo may do: read.</summary>
    public string Demo { get; init; } = "demo_role";

    /// <summary>What an operator may do across organizations.</summary>
    public string Admin { get; init; } = "admin_role";

    /// <summary>The login of the host app.</summary>
    public string AppLogin { get; init; } = "app_user";

    /// <summary>The login of admin contexts alone.</summary>
    public string AdminLogin { get; init; } = "admin_user";

    /// <summary>Owns the keys that contexts are signed with, and the function that checks the signature; nobody logs in as it.</summary>
    public string Sealer { get; init; } = "app_sealer";

    /// <summary>May call resolvers, and has no privilege on any table; the login of the host app may become it.</summary>
    public string Resolver { get; init; } = "resolver_role";

    /// <summary>Owns the resolvers, and may read the keys that they compare; nobody logs in as it.</summary>
    public string ResolverOwner { get; init; } = "app_resolver";

    internal IEnumerable<(string Property, string Name)> All =>
    [
        (nameof(Owner), Owner), (nameof(Tenant), Tenant), (nameof(Demo), Demo),
        (nameof(Admin), Admin), (nameof(AppLogin), AppLogin), (nameof(AdminLogin), AdminLogin), (nameof(Sealer), Sealer),
        (nameof(Resolver), Resolver), (nameof(ResolverOwner), ResolverOwner),
    ];

    /// <summary>The names go into SQL as they are, unquoted.</summary>
    internal void Validate()
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (property, name) in All)
        {
            if (name is null || !PlainIdentifier().IsMatch(name))
                throw new ArgumentException($"{property} must be 1 to 63 lower-case letters, digits or _, no digit first: it is \"{name}\".", property);
            if (name.StartsWith("pg_", StringComparison.Ordinal))
                throw new ArgumentException($"{property} is \"{name}\", but PostgreSQL keeps role names starting with pg_ for itself.", property);
            if (ReservedWords.Contains(name))
                throw new ArgumentException($"{property} is \"{name}\", a reserved word of PostgreSQL.", property);
            if (!seen.TryAdd(name, property))
                throw new ArgumentException($"{property} is \"{name}\", as {seen[name]} is: each role needs a name of its own.", property);
        }
    }

    /// <summary>\z, because $ would let a trailing line feed through.</summary>
    [GeneratedRegex(@"^[a-z_][a-z0-9_]{0,62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainIdentifier();
}
