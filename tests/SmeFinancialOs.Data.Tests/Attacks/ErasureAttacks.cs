using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>Statements with which A's own request could erase A, the customer, or take its row away from it.</summary>
public static class ErasureAttacks
{
    /// <summary>They succeed where a tenant may delete its organization.</summary>
    public static TheoryData<string> OnItself =>
    [
        "DELETE FROM public.organizations",
        $"DELETE FROM public.organizations WHERE id = '{Seed.A}'",
        "DELETE FROM public.organizations RETURNING id, name",
        "DELETE FROM ONLY public.organizations o USING public.invoices i WHERE i.org_id = o.id",
        "WITH gone AS (DELETE FROM public.organizations RETURNING id) SELECT count(*) FROM gone",
        "WITH gone AS (DELETE FROM public.organizations) UPDATE public.invoices SET amount_cents = 1 WHERE false",
        "MERGE INTO public.organizations o USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
        $"MERGE INTO public.organizations o USING public.invoices i ON i.id = '{Seed.InvoiceOfA}' AND i.org_id = o.id WHEN MATCHED THEN DELETE",
        "EXPLAIN (ANALYZE) DELETE FROM public.organizations",
        "DO $$ BEGIN EXECUTE 'DELETE FROM public.organizations'; END $$",
        "DO $$ DECLARE c CURSOR FOR SELECT id FROM public.organizations FOR UPDATE; BEGIN FOR r IN c LOOP "
            + "DELETE FROM public.organizations WHERE CURRENT OF c; END LOOP; END $$",
        $"SELECT app.delete_tenant('{Seed.A}')",
        "SELECT table_name, deleted_rows FROM app.delete_tenant(app.current_org_id())",
        "SELECT r.* FROM public.organizations o CROSS JOIN LATERAL app.delete_tenant(o.id) r",
    ];

    /// <summary>They have never succeeded: the checks of the policies, and privileges that nobody has, refuse them.</summary>
    public static TheoryData<string> OnItsIdentity =>
    [
        "TRUNCATE public.organizations CASCADE",
        "UPDATE public.organizations SET id = gen_random_uuid()",
        $"INSERT INTO public.organizations (id, name, slug) VALUES ('{Seed.A}', 'x', 'x') ON CONFLICT (id) DO UPDATE SET id = gen_random_uuid()",
        "RESET ROLE; DELETE FROM public.organizations",
        "SET ROLE demo_role; DELETE FROM public.organizations",
        "ALTER TABLE public.organizations ADD COLUMN gone int",
        "DROP TABLE public.organizations CASCADE",
        "SELECT app.protect_table('public.organizations', 'id')",
    ];
}
