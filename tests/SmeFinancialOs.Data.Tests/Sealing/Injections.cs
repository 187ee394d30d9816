using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Sealing;

/// <summary>
/// SQL of an attacker's own inside a tenant's transaction. <see cref="Switch"/> is where it becomes somebody else; every statement runs with each
/// way of doing that.
/// </summary>
internal static class Injections
{
    public const string Switch = "{switch}";

    private const string Secrets = "SELECT customer_name FROM public.invoices";

    /// <summary>Expressions that name organization B; in plain mode the first is all it takes.</summary>
    public static IReadOnlyList<string> Switches =>
    [
        $"set_config('app.current_org_id', '{Seed.B}', true)",
        $"set_config('app.current_org_id', '{Seed.B}', false)",
        // The token, with B's id in the place of A's.
        $"set_config('app.context_token', replace(current_setting('app.context_token', true), '{Digits(Seed.A)}', '{Digits(Seed.B)}'), true)",
        // No token, so that the plain setting may count.
        $"(set_config('app.context_token', '', true) || set_config('app.current_org_id', '{Seed.B}', true))",
        $"(set_config('app.context_token', NULL, true) || set_config('app.current_org_id', '{Seed.B}', true))",
    ];

    /// <summary>Read: their answer shows B's rows.</summary>
    public static IReadOnlyList<string> Reads =>
    [
        $"SELECT {Switch} UNION ALL {Secrets}",
        $"SELECT customer_name FROM (SELECT {Switch}) AS s (x), LATERAL ({Secrets} WHERE x IS NOT NULL) AS i",
        $"WITH switched AS MATERIALIZED (SELECT {Switch}) SELECT customer_name FROM switched, public.invoices",
        $"{Secrets} WHERE false OR (SELECT {Switch}) IS NOT NULL UNION ALL {Secrets}",
        $"(SELECT name FROM public.organizations ORDER BY {Switch}) UNION ALL {Secrets}",
        $"{Secrets} WHERE (SELECT {Switch}) IS NOT NULL GROUP BY 1 HAVING (SELECT {Switch}) IS NOT NULL UNION ALL {Secrets}",
        $"SELECT coalesce({Switch}, '') || (SELECT string_agg(customer_name, ',') FROM public.invoices)",
        $"SELECT CASE WHEN {Switch} IS NOT NULL THEN (SELECT max(customer_name) FROM public.invoices) END",
        $"SELECT string_agg(customer_name, ',') FROM public.invoices, (VALUES ({Switch})) AS v (x) UNION ALL {Secrets}",
        $"SELECT query_to_xml('{Secrets}', true, true, {Switch})::text",
        $"SELECT upper({Switch}) FROM generate_series(1, 1) UNION ALL {Secrets} LIMIT 100",
        $"INSERT INTO public.invoices (number, amount_cents, customer_name, issued_at) "
            + $"SELECT 'x', 1, {Switch}, '2026-01-01' RETURNING (SELECT string_agg(customer_name, ',') FROM public.invoices)",
        $"SELECT {Switch}; {Secrets}",
        $"DECLARE c CURSOR FOR {Secrets}; SELECT {Switch}; FETCH ALL FROM c",
        $"DECLARE c CURSOR WITH HOLD FOR SELECT {Switch} UNION ALL {Secrets}; FETCH ALL FROM c",
        $"PREPARE injected AS {Secrets}; SELECT {Switch}; EXECUTE injected",
        $"SAVEPOINT s; SELECT {Switch}; {Secrets}",
        $"SAVEPOINT s; SELECT {Switch}; RELEASE s; {Secrets}",
        $"SAVEPOINT s; SELECT {Switch}; DECLARE c CURSOR FOR {Secrets}; FETCH ALL FROM c; ROLLBACK TO s; {Secrets}",
        $"DO $$ BEGIN PERFORM {Switch}; END $$; {Secrets}",
        $"DO $$ DECLARE x text; BEGIN PERFORM {Switch}; SELECT string_agg(customer_name, ',') INTO x FROM public.invoices; PERFORM set_config('x.y', x, true); "
            + "END $$; SELECT current_setting('x.y')",
        $"COMMIT; BEGIN; SET LOCAL ROLE tenant_role; SELECT {Switch}; {Secrets}",
        $"ROLLBACK; BEGIN; SET LOCAL ROLE tenant_role; SELECT {Switch}; {Secrets}; COMMIT; BEGIN",
        $"SET LOCAL search_path = pg_temp, public; SELECT {Switch}; {Secrets}",
        $"COPY (SELECT {Switch} UNION ALL {Secrets}) TO STDOUT",
        $"COPY (WITH switched AS MATERIALIZED (SELECT {Switch}) SELECT customer_name FROM switched, public.invoices) TO STDOUT",
    ];

    /// <summary>Write: B has a row more afterwards. Each ends the transaction itself, ahead of the check at commit.</summary>
    public static IReadOnlyList<string> Writes =>
    [
        $"SELECT {Switch}; {Seed.Insert(Seed.B, "injected")}; COMMIT",
        $"WITH switched AS MATERIALIZED (SELECT {Switch} AS x) INSERT INTO public.invoices (org_id, number, amount_cents, customer_name, issued_at) "
            + $"SELECT '{Seed.B}', 'injected', 1, x, '2026-01-01' FROM switched; COMMIT",
        $"COMMIT; DO $$ BEGIN SET LOCAL ROLE tenant_role; PERFORM {Switch}; {Seed.Insert(Seed.B, "injected")}; COMMIT; END $$",
        $"PREPARE injecting AS {Seed.Insert(Seed.B, "injected")}; SELECT {Switch}; EXECUTE injecting; COMMIT",
        $"COMMIT; BEGIN; SET LOCAL ROLE tenant_role; SELECT {Switch}; {Seed.Insert(Seed.B, "injected")}; COMMIT",
        // Set back: plain mode's check at commit does not notice.
        $"SELECT {Switch}; {Seed.Insert(Seed.B, "injected")}; SET LOCAL app.current_org_id = '{Seed.A}'; COMMIT",
    ];

    private static string Digits(string id) => id.Replace("-", "", StringComparison.Ordinal);
}
