-- The tables of the article are protected like any other: organizations is the table of the tenants, invoices has a tenant column.
SET ROLE app_owner;

DO $protection$
BEGIN
    -- A host may have dropped them, or have others in their place: ours are known by a constraint, and protected tables by the registry.
    IF EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = to_regclass('public.organizations') AND k.conname = 'organizations_id_not_nil') THEN
        PERFORM app.use_tenants('public.organizations', 'id');
    END IF;
    IF EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = to_regclass('public.invoices') AND k.conname = 'invoices_amount_cents_range') THEN
        PERFORM app.protect_table('public.invoices');
    END IF;
END
$protection$;

RESET ROLE;
