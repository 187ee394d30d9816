using System.Security.Cryptography;
using System.Text;
using SmeFinancialOs.Data.Schema.Audit.Fixes;

namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class PolicyTenantLiteral : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-tenant-literal", AuditSeverity.Warning,
        "A tenant written down as a literal in a policy.",
        "The literal in the code is another one sooner or later, and then the ban protects nobody.",
        Docs + "sql-createpolicy.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from policy in scene.Policies
        where policy.TenantColumn is not null && policy.Expressions.Any(text => Literals(policy, text).Any())
        select Found(policy.Name, $"It compares {policy.TenantColumn!.Name} with a literal.", Name(scene, policy));

    // A function that says it once. The name is made of the literal, so every policy with the same one gets the same function.
    private static Fix Name(AuditScene scene, PolicyView policy)
    {
        var type = policy.TenantColumn!.BaseType;
        var schema = scene.Catalog.Schemas.First(schema => schema.Oid == policy.Table.Schema).Name;
        var names = policy.Expressions.SelectMany(text => Literals(policy, text)).Select(side => side.Bare()[0]).Distinct().ToDictionary(literal => literal,
            literal => scene.Catalog.Functions.Values.FirstOrDefault(function => function is { Arguments: 0, Volatility: 'i' } && function.Returns == type
                && function.Body.Contains(literal, StringComparison.Ordinal))?.SqlName ?? $"{schema}.tenant_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(literal)))[..8]}");
        return Fix.Safe(string.Join('\n',
        [
            .. names.Where(name => !scene.Catalog.Functions.Values.Any(function => function.SqlName == name.Value)).Select(name =>
                $"CREATE OR REPLACE FUNCTION {name.Value}() RETURNS {type} LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN {name.Key}::{type};"),
            PolicyFix.Alter(policy, text => text.With(Literals(policy, text).Select(side => (side, $"(SELECT {names[side.Bare()[0]]}())")))),
        ]));
    }

    private static IEnumerable<SqlText> Literals(PolicyView policy, SqlText text) =>
        policy.Comparisons(text).Select(part => part.Other).Where(side => side.Bare() is var bare && bare[0].StartsWith('\'') && bare[1] is "" or "::");
}
