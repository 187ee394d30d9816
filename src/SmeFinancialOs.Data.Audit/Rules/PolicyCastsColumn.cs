using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;
using SmeFinancialOs.Data.Audit.Fixes;
using SmeFinancialOs.Data.Audit.Judging;

namespace SmeFinancialOs.Data.Audit.Rules;

internal sealed class PolicyCastsColumn : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-casts-column", AuditSeverity.Warning,
        "A policy that casts the tenant column.",
        "No index on the column can be used: LIMIT 50 on 300,000 rows takes 131 ms instead of 0.07 ms.",
        Docs + "indexes-expressional.html");

    public override IEnumerable<AuditFinding> Evaluate(DatabaseModel model) =>
        from policy in model.Policies
        let column = policy.TenantColumn
        where column is not null
        let casts = policy.Expressions.SelectMany(text => Casts(policy, column, text)).ToList()
        where casts.Count > 0
        select Found(policy.Name, $"It compares {column.Name} as another type.", casts.All(part => part.Equal && part.Other.Calls().Any(policy.IsReader))
            ? Fix.Of(PolicyRewrite.OfEach(policy, text => text.With(Casts(policy, column, text).Select(part =>
                (part.Whole, TableFix.Predicate(model, column))))),
                casts.All(part => HandsOnTenant(model, part.Other)))
            : Fix.Person($"compare {column.Sql} as it is, and cast the other side"));

    /// <summary>Whether nothing is lost when the other side becomes the setting itself: a function may verify it first.</summary>
    private static bool HandsOnTenant(DatabaseModel model, SqlText other) =>
        new SimpleExpression(model, new HashSet<string>([model.Context.TenantSetting])).IsSimple(other);

    /// <summary>To its own type, of which it may be a domain, and varchar to text are no casts to the index.</summary>
    private static IEnumerable<(SqlText Whole, SqlText Column, SqlText Other, bool Equal)> Casts(PolicyAnalysis policy, Column column, SqlText text) =>
        policy.Comparisons(text).Where(part => part.Column.Split("::") is { Count: > 1 } cast
            && cast[^1].Text != column.BaseType && !(cast[^1].Text == "text" && column.BaseType.StartsWith("character varying", StringComparison.Ordinal)));
}
