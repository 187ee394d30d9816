using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;
using SmeFinancialOs.Data.Audit.Judging.Queries;
using SmeFinancialOs.Data.Audit.Shipped;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// SECURITY DEFINER functions that no policy binds. They are safe where they touch no table of tenants, themselves or through what they call: else they are
/// not judged.
/// </summary>
internal sealed class DefinerJudge(DatabaseModel model, JudgingFacts facts)
{
    private readonly ILookup<string, Relation> _byName = model.Catalog.Relations.Values.Where(relation => relation.Kind != 'S')
        .ToLookup(relation => relation.PlainName, StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Writes = ["INSERT", "UPDATE", "DELETE", "MERGE"];

    /// <summary>Of a body, besides SELECT and the writes: what reads or changes more than the tables behind FROM and INTO.</summary>
    private static readonly string[] Commands =
    [
        "EXECUTE", "CREATE", "ALTER", "DROP", "GRANT", "REVOKE", "TRUNCATE", "COPY", "CALL", "DO", "REFRESH", "LOCK", "CLUSTER", "REINDEX", "VACUUM", "ANALYZE",
        "PREPARE", "IMPORT", "SECURITY", "OWNED", "RESET", "COMMENT", "OPERATOR",
    ];

    internal static IReadOnlyList<Function> Candidates(DatabaseModel model) =>
    [
        .. model.Catalog.Functions.Values.Where(function => function is { Definer: true, System: false } && Bypasses(model, function.Owner)
            && model.AppMayRun(function)).OrderBy(function => function.Signature, StringComparer.Ordinal),
    ];

    /// <summary>
    /// Whether no policy binds the role, or the policies for admins, or one that is always true. The policies of a role hold for its functions, too.
    /// </summary>
    internal static bool Bypasses(DatabaseModel model, uint role)
    {
        if (model.Catalog.Roles.GetValueOrDefault(role) is not { } owner)
            return false;
        var roles = model.Identities.Inherited(owner).Append(owner).ToList();
        return owner.Superuser || owner.BypassesRls || roles.Intersect(model.Identities.AdminRoles).Any()
            || model.Policies.Any(policy => policy is { Policy.Permissive: true, IsAlwaysTrue: true, ConcernsApp: false, TenantColumn: not null }
                && roles.Exists(held => policy.Policy.Roles.Contains(held.Oid)));
    }

    /// <summary>All that the function does, through the functions that it calls.</summary>
    internal static ExpressionClosure ClosureOf(DatabaseModel model, Function function) => new(model, [$"{function.SqlName}()"]);

    /// <summary>A resolver gives the tenant of one key, which is what it is for.</summary>
    internal PolicyJudgement Judge(Function function)
    {
        var roles = model.AppGrantees(GrantKind.Function, function.Oid);
        if (ResolverForm.IsShipped(model, function))
            return new(function.Signature, roles, new Judged(PolicyVerdict.Safe, ResolverForm.PurposeOf(function)));
        return Obstacle(function) is { } obstacle
            ? new(function.Signature, roles, new Judged(PolicyVerdict.NotJudged, obstacle))
            : new(function.Signature, roles, new Judged(PolicyVerdict.Safe, "it reads and writes no table of tenants"));
    }

    /// <summary>What it touches, or why that is not known.</summary>
    private string? Obstacle(Function function)
    {
        if (!function.PinsSearchPath && !function.StandardBody && function.SearchPath is not [])
            return "its caller's search path decides what its names mean";
        var closure = ClosureOf(model, function);
        if (closure.Obstacle is { } obstacle)
            return obstacle;
        if (facts.HasRedefinedCast || facts.HasRedefinedOperator)
            return "the database has casts or operators in the place of PostgreSQL's own, which it may use";
        if (closure.External.Where(name => !facts.PureFunctions.Contains(name) && name.Name != "values")
            .Select(name => name.Name).FirstOrDefault() is { } unknown)
            return $"it calls {unknown}, of which it is not known what it does";
        return closure.Texts.Skip(1).Select(Obstacle).FirstOrDefault(found => found is not null);
    }

    private string? Obstacle(SqlText text)
    {
        if (Commands.FirstOrDefault(text.Has) is { } command)
            return $"it has {command}";
        if (text.Calls().FirstOrDefault(call => !call.Qualified
            && model.FunctionsNamed(call.Name).Any(named => named.IsNamedLikeSystem)) is { Of: not null } call)
            return $"it calls {call.Name} without a schema, which may be PostgreSQL's own";
        foreach (var name in Enumerable.Range(0, text.Count).Where(i => text[i][0] != '\'' && (text[i + 1] != "(" || IsInserted(text, i)))
            .Select(i => Identifier.Unquote(text[i])).Distinct())
        {
            if ((name.StartsWith("pg_", StringComparison.OrdinalIgnoreCase) && name is not ("pg_temp" or "pg_catalog"))
                || name.Equals("information_schema", StringComparison.OrdinalIgnoreCase))
            {
                return $"it names {name}";
            }
            // By the name alone, whatever the schema is.
            if (_byName[name].FirstOrDefault(relation => !relation.IsTable || TenantReach.IsOfTenants(model, relation.Oid)) is { } tenants)
            {
                return $"it reads or writes {tenants.Name}";
            }
        }

        var writes = Writes.Any(text.Has);
        foreach (var name in TableReferences.AllIn(text))
        {
            var named = _byName[PlainName(name)].Where(relation => !name.Contains('.', StringComparison.Ordinal) || relation.Name == name).ToList();
            if (named.Count == 0)
                return $"it reads {name}, which is no table of the schemas that are looked at";
            if (writes && named.Find(relation => TenantReach.HasEffects(model, relation.Oid)) is { } table)
                return $"it may write {table.Name}, which has triggers, rules or foreign keys that change more";
        }
        return null;
    }

    /// <summary>INSERT INTO name (columns), which looks like a call.</summary>
    private static bool IsInserted(SqlText text, int index) =>
        text[text[index - 1] == "." ? index - 3 : index - 1].Equals("INTO", StringComparison.OrdinalIgnoreCase);

    private static string PlainName(string name) => SqlText.Of(name) is var parts ? Identifier.Unquote(parts[parts.Count - 1]) : name;
}
