using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>Ways for A to read what is B's; the answer of each would carry <see cref="Seed.SecretOfB"/>.</summary>
public static class ReadAttacks
{
    public static TheoryData<string> OnB =>
    [
        "SELECT customer_name FROM public.invoices",
        $"SELECT customer_name FROM public.invoices WHERE org_id = '{Seed.B}'",
        $"SELECT customer_name FROM public.invoices WHERE id = '{Seed.InvoiceOfB}'",
        "SELECT string_agg(customer_name, ',') FROM public.invoices",
        "SELECT lag(customer_name) OVER (ORDER BY org_id) FROM public.invoices",
        "SELECT i.customer_name FROM public.organizations o LEFT JOIN public.invoices i ON true",
        "SELECT i::text FROM public.invoices i",
        "SELECT to_jsonb(i)::text FROM public.invoices i",
        "TABLE public.invoices",
        "WITH seen AS (SELECT * FROM public.invoices) SELECT customer_name FROM seen",
        "SELECT (SELECT string_agg(customer_name, ',') FROM public.invoices)",
        "SELECT query_to_xml('SELECT customer_name FROM public.invoices', true, false, '')::text",
        "SELECT table_to_xml('public.invoices', true, false, '')::text",
        "SELECT schema_to_xml('public', true, false, '')::text",
        "UPDATE public.invoices SET amount_cents = 0 RETURNING customer_name",
        "DELETE FROM public.invoices RETURNING customer_name",
        "DECLARE held CURSOR FOR SELECT customer_name FROM public.invoices; FETCH ALL FROM held",
        "SELECT most_common_vals::text, histogram_bounds::text FROM pg_catalog.pg_stats WHERE tablename = 'invoices'",
        "SELECT CAST(string_agg(customer_name, ',') AS int) FROM public.invoices",
    ];
}
