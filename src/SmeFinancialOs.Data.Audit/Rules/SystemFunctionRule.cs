using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

/// <summary>Functions of PostgreSQL itself that no app needs, by the beginnings of their names. CatalogQueries reads no others of pg_catalog.</summary>
internal sealed class SystemFunctionRule(string[] names, AuditRule description) : CatalogRule, IRuleFamily
{
    public static IReadOnlyList<CatalogRule> Rows { get; } =
    [
        new SystemFunctionRule(["lo"], new(
            "large-objects-open", AuditSeverity.Warning,
            "Large objects that the app may open.",
            "A large object belongs to a role, not to a tenant: what one stores, every other of the same role reads.",
            Docs + "lo-funcs.html")),
        new SystemFunctionRule(["pg_terminate_backend", "pg_cancel_backend"], new(
            "backends-open", AuditSeverity.Warning,
            "Sessions that the app may end.",
            "SQL that is injected into one call can reset the role and end every session of its login, again and again: all tenants lose their connections.",
            Docs + "functions-admin.html")),
    ];

    public override AuditRule Description => description;

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from function in model.Catalog.Functions.Values
        where function.System && names.Any(name => function.Name.StartsWith(name, StringComparison.Ordinal))
        let roles = model.AppGrantees(GrantKind.Function, function.Oid)
        where roles.Length > 0
        select Found(function.Signature, $"{roles} may call it.", Fix.Review($"REVOKE EXECUTE ON FUNCTION {function.Signature} FROM {roles};"));
}
