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
        where policy.TenantColumn is not null && policy.Expressions.Any(text => text.Split("AND").Any(part => part.Has(Identifier.Quote(policy.TenantColumn.Name)) && Literal(part, scene) is not null))
        select Found(policy.Name, $"It compares {policy.TenantColumn!.Name} with a literal.",
            $"-- CREATE FUNCTION .. RETURNS {policy.TenantColumn.Type} IMMUTABLE with the literal, once, and ALTER POLICY {policy.Sql} ON {policy.Table.Name} to call it");

    private static string? Literal(SqlText part, AuditScene scene) =>
        (part.Has("=") || part.Has("<>")) && part.Split("OR").Count == 1
            ? part.Split(part.Has("<>") ? "<>" : "=").Select(side => side.Bare().Tokens).Where(tokens => tokens is [['\'', ..]] or [['\'', ..], "::", ..]).Select(tokens => tokens[0]).FirstOrDefault()
            : null;
}
