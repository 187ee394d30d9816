namespace SmeFinancialOs.Data.Schema.Audit.Rules;

internal sealed class PolicyCastsColumn : CatalogRule
{
    public override AuditRule Description { get; } = new(
        "policy-casts-column", AuditSeverity.Warning,
        "A policy that casts the tenant column.",
        "No index on the column can be used: LIMIT 50 on 300,000 rows takes 131 ms instead of 0.07 ms.",
        Docs + "indexes-expressional.html");

    public override IEnumerable<AuditFinding> Judge(AuditScene scene) =>
        from policy in scene.Policies
        where policy.TenantColumn is not null && policy.Expressions.Any(text => Casts(text.Tokens, Identifier.Quote(policy.TenantColumn.Name), policy.TenantColumn.Type))
        select Found(policy.Name, $"It compares {policy.TenantColumn!.Name} as another type.",
            $"ALTER POLICY {policy.Sql} ON {policy.Table.Name} USING ({Identifier.Quote(policy.TenantColumn.Name)} = (SELECT NULLIF(current_setting({Identifier.Literal(scene.Options.TenantSetting)}, true), '')::{policy.TenantColumn.Type}));");

    // varchar to text is no cast to the index.
    private static bool Casts(IReadOnlyList<string> tokens, string column, string type) => !type.StartsWith("character varying", StringComparison.Ordinal)
        && Enumerable.Range(0, tokens.Count).Any(i => tokens[i] == column
            && (tokens.ElementAtOrDefault(i + 1) == "::" || (tokens.ElementAtOrDefault(i + 1) == ")" && tokens.ElementAtOrDefault(i + 2) == "::" && tokens.ElementAtOrDefault(i - 1) == "(")));
}
