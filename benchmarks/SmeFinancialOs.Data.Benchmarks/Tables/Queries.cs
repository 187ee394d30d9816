namespace SmeFinancialOs.Data.Benchmarks.Tables;

/// <summary>The statements over one schema's tables. The ways differ in the schema and in who filters: a WHERE clause or the policies.</summary>
/// <param name="schema">Empty where the search path finds the tables.</param>
/// <param name="where">The WHERE clause; empty where somebody else filters.</param>
internal sealed class Queries(string schema, string where)
{
    public const string Columns = """
        org_id AS "OrgId", id, number, amount_cents AS "AmountCents", customer_name AS "CustomerName", status, issued_at AS "IssuedAt",
            created_at AS "CreatedAt"
        """;

    /// <summary>The newest invoices; id makes the order total, so that there is one right answer.</summary>
    public string Newest { get; } = $"SELECT {Columns} FROM {Named(schema, "invoices")}{where} ORDER BY issued_at DESC, id LIMIT 50";

    public string CountByStatus { get; } = $"SELECT status, count(*) AS \"Count\" FROM {Named(schema, "invoices")}{where} GROUP BY status ORDER BY status";

    /// <summary>Count and sum: reads the table itself, as amount_cents is in no index.</summary>
    public string TotalsByStatus { get; } = $"""
        SELECT status, count(*) AS "Count", sum(amount_cents)::bigint AS "AmountCents" FROM {Named(schema, "invoices")}{where} GROUP BY status ORDER BY status
        """;

    public string Insert { get; } = $"""
        INSERT INTO {Named(schema, "invoices")} (org_id, id, number, amount_cents, customer_name, status, issued_at)
        VALUES (@OrgId, @Id, @Number, @AmountCents, @CustomerName, @Status, @IssuedAt)
        """;

    public string TotalsByOrganization { get; } = $"""
        SELECT o.id, o.name, t.count AS "Count", t.sum::bigint AS "AmountCents"
        FROM {Named(schema, "organizations")} o
        JOIN (SELECT org_id, count(*), sum(amount_cents) FROM {Named(schema, "invoices")} GROUP BY org_id) t ON t.org_id = o.id
        ORDER BY o.id
        """;

    private static string Named(string schema, string table) => schema.Length == 0 ? table : $"{schema}.{table}";
}
