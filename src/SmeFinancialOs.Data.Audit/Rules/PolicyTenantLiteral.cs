using System.Security.Cryptography;
using System.Text;
using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;
using SmeFinancialOs.Data.Audit.Fixes;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class PolicyTenantLiteral : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-tenant-literal", AuditSeverity.Warning,
        "A tenant written down as a literal in a policy.",
        "The literal in the code is another one sooner or later, and then the ban protects nobody.",
        Docs + "sql-createpolicy.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from policy in model.Policies
        where policy.TenantColumn is not null && policy.Expressions.Any(text => Literals(policy, text).Any())
        select Found(policy.Name, $"It compares {policy.TenantColumn!.Name} with a literal.", Name(model, policy));

    /// <summary>A function that says it once, for every policy with the same literal.</summary>
    private static Fix Name(DatabaseModel model, PolicyAnalysis policy)
    {
        var type = policy.TenantColumn!.BaseType;
        var schema = model.Catalog.Schemas.First(schema => schema.Oid == policy.Table.Schema).Name;
        var names = new Dictionary<string, string>();
        List<string> steps = [];
        foreach (var literal in policy.Expressions.SelectMany(text => Literals(policy, text)).Select(side => side.Bare()[0]).Distinct())
        {
            var known = model.Catalog.Functions.Values.FirstOrDefault(function => function is { Arguments: 0, Volatility: 'i' } && function.Returns == type
                && function.Body.Contains(literal, StringComparison.Ordinal));
            names[literal] = known?.SqlName ?? $"{schema}.tenant_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(literal)))[..8]}";
            if (known is null)
                steps.Add($"CREATE OR REPLACE FUNCTION {names[literal]}() RETURNS {type} LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN {literal}::{type};");
        }

        steps.Add(PolicyRewrite.Alter(PolicyRewrite.OfEach(policy,
            text => text.With(Literals(policy, text).Select(side => (side, $"(SELECT {names[side.Bare()[0]]}())"))))));
        return Fix.Review(string.Join('\n', steps));
    }

    private static IEnumerable<SqlText> Literals(PolicyAnalysis policy, SqlText text) =>
        policy.Comparisons(text).Select(part => part.Other).Where(side => side.Bare() is var bare && bare[0].StartsWith('\'') && bare[1] is "" or "::");
}
