namespace SmeFinancialOs.Data.Tests.Support;

/// <summary>
/// What every test database holds: two organizations and the demo, three invoices each. Constants, so that they can stand in tables of attacks.
/// </summary>
public static class Seed
{
    public const string A = "aaaaaaaa-0000-4000-8000-000000000001";
    public const string B = "bbbbbbbb-0000-4000-8000-000000000001";
    public const string Demo = "de300000-0000-4000-8000-000000000001";

    /// <summary>The first invoice of each.</summary>
    public const string InvoiceOfA = "aaaaaaaa-0000-4000-8000-0000000000a1";
    public const string InvoiceOfB = "bbbbbbbb-0000-4000-8000-0000000000a1";
    public const string InvoiceOfDemo = "de300000-0000-4000-8000-0000000000a1";

    public const int InvoicesEach = 3;

    /// <summary>In the customer names of an organization's invoices: found in an answer, it tells whose rows were read.</summary>
    public const string SecretOfA = "secret of A";
    public const string SecretOfB = "secret of B";
    public const string SecretOfDemo = "secret of Demo";

    /// <summary>Also puts back what an attack has changed. For a superuser.</summary>
    public const string Sql = $"""
        TRUNCATE public.organizations, public.invoices CASCADE;
        INSERT INTO public.organizations (id, name, slug, created_at)
        VALUES ('{A}', 'A', 'a', '2026-01-01'), ('{B}', 'B', 'b', '2026-01-01'), ('{Demo}', 'Demo', 'demo', '2026-01-01');
        INSERT INTO public.invoices (org_id, id, number, amount_cents, customer_name, status, issued_at, created_at)
        SELECT o.id, overlay(o.id::text placing 'a' || n from 35)::uuid, o.name || '-' || n, o.base + n, 'secret of ' || o.name || ' ' || n, 'sent',
            date '2026-01-01' + n, '2026-01-01'
        FROM (VALUES (uuid '{A}', 'A', 100), ('{B}', 'B', 200), ('{Demo}', 'Demo', 300)) AS o (id, name, base), generate_series(1, 3) AS n;
        """;

    /// <summary>Everything that is not A's, in one value: equal before and after, A has changed nothing of anybody's.</summary>
    public const string FingerprintOfOthers = $"""
        SELECT md5((SELECT coalesce(string_agg(i::text, '|' ORDER BY i.org_id, i.id), '') FROM public.invoices i WHERE i.org_id <> '{A}')
                || (SELECT coalesce(string_agg(o::text, '|' ORDER BY o.id), '') FROM public.organizations o WHERE o.id <> '{A}'))
        """;

    /// <summary>A complete invoice for an organization, as SQL.</summary>
    public static string Insert(string organization, string number = "X-1") =>
        $"INSERT INTO public.invoices (org_id, number, amount_cents, customer_name, issued_at) "
            + $"VALUES ('{organization}', '{number}', 1, 'planted', '2026-01-01')";
}
