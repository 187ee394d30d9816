using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>
/// Ways for A to write what is B's. No WHERE on what is updated or deleted and no RETURNING on what is inserted: both would ask the
/// SELECT policy too, and a hole in the others would not be seen.
/// </summary>
public static class WriteAttacks
{
    private const string Columns = "(org_id, id, number, amount_cents, customer_name, issued_at)";
    private const string IntoB = $"INSERT INTO public.invoices {Columns} VALUES ('{Seed.B}', gen_random_uuid(), 'X-1', 1, 'planted', '2026-01-01')";
    private const string OntoB = $"INSERT INTO public.invoices {Columns} VALUES ('{Seed.B}', '{Seed.InvoiceOfB}', 'B-1', 1, 'planted', '2026-01-01')";

    /// <summary>Attack, and the SQLSTATE it is refused with; null where it is allowed and only reaches A's own rows.</summary>
    public static TheoryData<string, string?> OnB => new()
    {
        { IntoB, "42501" },
        { OntoB + " ON CONFLICT (org_id, id) DO UPDATE SET customer_name = 'stolen'", "42501" },
        { IntoB + " ON CONFLICT DO NOTHING", "42501" },
        { $"INSERT INTO public.invoices {Columns} SELECT '{Seed.B}', gen_random_uuid(), 'X-' || number, 1, 'planted', issued_at FROM public.invoices",
            "42501" },
        { $"WITH planted AS ({IntoB}) SELECT 1", "42501" },
        { "UPDATE public.invoices SET customer_name = 'stolen'", null },
        { "WITH stolen AS (UPDATE public.invoices SET amount_cents = amount_cents + 1) SELECT 1", null },
        { $"UPDATE public.invoices SET org_id = '{Seed.B}'", "42501" },
        { "UPDATE public.invoices i SET customer_name = 'stolen' FROM public.organizations o", null },
        { "DELETE FROM public.invoices", null },
        { "DELETE FROM public.invoices USING public.organizations", null },
        // A MERGE that reads no column of its target does not ask the SELECT policy: it comes to B's row, and is refused there.
        { "MERGE INTO public.invoices i USING (SELECT 1) s ON true WHEN MATCHED THEN UPDATE SET customer_name = 'stolen'", "42501" },
        { "MERGE INTO public.invoices i USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE", "42501" },
        { "MERGE INTO public.invoices i USING (SELECT 1) s ON i.amount_cents > 0 WHEN MATCHED THEN UPDATE SET customer_name = 'stolen'", null },
        { "MERGE INTO public.invoices i USING (SELECT 1) s ON i.amount_cents > 0 WHEN MATCHED THEN DELETE", null },
        { $"MERGE INTO public.invoices i USING (SELECT 1) s ON false WHEN NOT MATCHED THEN INSERT {Columns} "
            + $"VALUES ('{Seed.B}', gen_random_uuid(), 'X-1', 1, 'planted', '2026-01-01')", "42501" },
        { "UPDATE public.organizations SET name = 'stolen'", null },
        { "INSERT INTO public.organizations (id, name, slug) VALUES (gen_random_uuid(), 'planted', 'planted')", "42501" },
    };
}
