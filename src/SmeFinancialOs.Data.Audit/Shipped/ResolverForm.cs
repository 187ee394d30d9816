using System.Text.RegularExpressions;
using SmeFinancialOs.Data.Audit.Catalog;
using static SmeFinancialOs.Data.Audit.Shipped.PrintedSql;

namespace SmeFinancialOs.Data.Audit.Shipped;

/// <summary>
/// A function as <c>app.create_resolver</c> makes it (sql/objects/resolvers.sql): it returns the tenant of one row, whose unique key the caller has, or,
/// without the tenant column of that key, all tenants; or <see cref="AcceptanceForm"/>. Its text is compared, not its name: a resolver that was changed is
/// no resolver.
/// </summary>
internal static partial class ResolverForm
{
    internal static bool IsShipped(DatabaseModel model, Function function) => Fault(model, function) is null;

    internal static string PurposeOf(Function function) => function.Name == AcceptanceForm.FunctionName
        ? "it turns an invitation of a tenant into a membership of the same tenant, for the user who has its address"
        : "it returns the tenant of a unique key that the caller has, nothing else";

    /// <summary>Why it is not of this form; null when it is.</summary>
    internal static string? Fault(DatabaseModel model, Function function)
    {
        if (function.Name == AcceptanceForm.FunctionName)
            return CallerFault(model, function) ?? AcceptanceForm.Fault(model, function);
        if (function is not { Language: "sql", StandardBody: true, Settings.Length: 1, IsStrict: true, Volatility: 's', Leakproof: false })
            return "it is not SQL with a standard body, STRICT, STABLE and with search_path as its one setting";
        if (function.SearchPath is not ["pg_catalog", "pg_temp"])
            return "its search_path is another";
        if (CallerFault(model, function) is { } caller)
            return caller;
        if (Query().Match(function.Body) is not { Success: true } query || query.Groups["set"].Success != function.ReturnsSet)
            return "its body is not one look-up by a key";
        if (model.Catalog.Relations.Values.FirstOrDefault(relation => relation.Name == query.Groups["table"].Value) is not { } table
            || !model.IsTenantTable(table.Oid) || table.Kind != (query.Groups["only"].Success ? 'r' : 'p'))
            return "it reads another table than one of tenants";
        var columns = model.Catalog.Columns[table.Oid].ToDictionary(column => Identifier.Quote(column.Name), StringComparer.Ordinal);
        var tenant = model.TenantColumnOf(table);
        if (columns.GetValueOrDefault(query.Groups["tenant"].Value) != tenant)
            return "it returns another column than the tenant's";
        var compared = new List<short>();
        foreach (var part in query.Groups["where"].Value.Split(" AND "))
        {
            if (Comparison().Match(part) is not { Success: true } comparison || !columns.TryGetValue(comparison.Groups["column"].Value, out var column)
                || comparison.Groups["place"].Value != $"{compared.Count + 1}" || !KeepsValue(column, comparison.Groups["cast"].Value))
                return "it compares something else than a column and an argument";
            compared.Add(column.Number);
        }

        if (compared.Count != function.Arguments)
            return "it does not compare each argument";
        var key = function.ReturnsSet ? compared.Append(tenant.Number) : compared;
        return model.Catalog.Indexes[table.Oid].Any(index => index is { Unique: true, Partial: false, Immediate: true, Exclusion: false }
            && index.Columns.Order().SequenceEqual(key.Order())) ? null : "no unique index has exactly these columns";
    }

    /// <summary>A domain is compared as what it is over, varchar as text. Another cast could make two keys the same.</summary>
    private static bool KeepsValue(Column column, string cast) =>
        cast.Length == 0 || cast == column.BaseType || (cast == "text" && column.BaseType == "character varying");

    /// <summary>A role of its own may call it: no login without SET ROLE, and no role of a context. It reads no table itself.</summary>
    private static string? CallerFault(DatabaseModel model, Function function)
    {
        var callers = model.Catalog.Grants[(GrantKind.Function, function.Oid)].Select(grant => grant.Grantee).Distinct().ToList();
        var contexts = model.Identities.TenantRoles.Concat(model.Identities.AdminRoles).Concat(model.Identities.Logins).ToList();
        if (callers is not [var caller] || caller == 0)
            return "not one role alone may call it";
        if (contexts.Exists(role => role.Oid == caller || model.Identities.Inherited(role).Any(inherited => inherited.Oid == caller)))
            return $"{model.Identities.NameOf(caller)} may call it, which is a role of contexts or of a login";
        return model.Catalog.Relations.Values.Any(relation => model.Catalog.Grants[(GrantKind.Relation, relation.Oid)].Any(grant => grant.Grantee == caller))
            ? $"{model.Identities.NameOf(caller)} may call it, and has privileges on tables" : null;
    }

    /// <summary>As pg_get_function_sqlbody prints it. An AND within a name gives parts that are no comparison.</summary>
    [GeneratedRegex($"""
        ^(?:RETURN\ \(|(?<set>BEGIN\ ATOMIC\s+))SELECT\ \(?t\.(?<tenant>{Name})\)?{Cast}(?:\ AS\ {Name})?\s+FROM\ (?<only>ONLY\ )?(?<table>{Name}\.{Name})\ t\s+
        WHERE\ (?<where>\(.+\))(?(set)\s+ORDER\ BY\ \(*t\.\k<tenant>\)*{Cast}\)*;\s*END|\))\z
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Query();

    /// <summary>With the operator of PostgreSQL: another schema's would stand there as OPERATOR(..).</summary>
    [GeneratedRegex($"""^\(*t\.(?<column>{Name})\)?(?:::(?<cast>[a-z][a-z0-9_ ]*))?\ =\ \(?\$(?<place>\d+)\)?{Cast}\)*\z""",
        RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Comparison();
}
