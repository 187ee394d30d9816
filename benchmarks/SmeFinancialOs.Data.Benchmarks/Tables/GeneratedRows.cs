using System.Globalization;

namespace SmeFinancialOs.Data.Benchmarks.Tables;

/// <summary>
/// Organizations and invoices that the server makes up itself, the same in every run: for more rows than one would want to send. Both go by their number.
/// </summary>
internal static class GeneratedRows
{
    /// <summary>Knuth's multiplicative hash: ids that are spread over the index as random ones are, and known on both sides.</summary>
    private const uint Spread = 2_654_435_761;

    public static Guid OrganizationId(int number) =>
        Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"{(uint)number * Spread:x8}-0000-4000-8000-{number:x12}"));

    public static string OrganizationsSql(string table, int first, int last) => $"""
        INSERT INTO {table} (id, name, slug, created_at)
        SELECT {OrganizationIdSql("n")}, 'Organization ' || n, 'organization-' || n, timestamptz '2023-07-01 07:00+00'
        FROM generate_series({first}::bigint, {last}) AS n
        """;

    /// <summary>Invoices in the order of their dates, which span three years.</summary>
    /// <param name="table">The table they are inserted into.</param>
    /// <param name="series">A set of bigint: the numbers of the invoices.</param>
    /// <param name="organization">The number of the organization that invoice i belongs to, an expression.</param>
    /// <param name="total">How many invoices there are over all.</param>
    public static string InvoicesSql(string table, string series, string organization, long total) => $"""
        INSERT INTO {table} (org_id, id, number, amount_cents, customer_name, status, issued_at, created_at)
        SELECT {OrganizationIdSql("organization")}, md5('invoice ' || i)::uuid, 2023 + day / 365 || '-' || lpad(i::text, 8, '0'),
               CASE WHEN hash % 30 = 0 THEN -1 ELSE 1 END * (2000 + hash % 250000),
               (ARRAY['Sanford, Kling and Hoeger', 'Goyette Group', 'Lesch LLC', 'Amanda Rowe', 'Kuhn-Bartell Trading', 'Otto Weber'])[hash % 6 + 1] || ' ' ||
                   hash % 4000,
               CASE WHEN hash % 100 < 4 THEN 'void' WHEN hash % 100 < 13 THEN 'overdue' WHEN hash % 100 < 20 THEN 'sent'
                    WHEN hash % 100 < 23 THEN 'pending' WHEN hash % 100 < 25 THEN 'draft' ELSE 'paid' END,
               date '2023-07-01' + day, timestamptz '2023-07-01 07:00+00' + make_interval(hours => day * 24, secs => hash % 43200)
        FROM (SELECT i, hashint8(i) & 2147483647 AS hash, (i * 1095 / {total})::int AS day, {organization} AS organization FROM {series} AS i) AS invoice
        """;

    private static string OrganizationIdSql(string number) =>
        $"(lpad(to_hex({number} * {Spread} % 4294967296), 8, '0') || '-0000-4000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid";
}
