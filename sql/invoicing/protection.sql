-- The tables of the article are protected like any other: organizations is the table of the tenants, invoices has a tenant column.
SET ROLE app_owner;

DO $protection$
BEGIN
    -- A host may have dropped them, or have others in their place: ours are known by a constraint. Tables in the registry are brought to this version with
    -- those of the host, each in a transaction of its own.
    IF EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = to_regclass('public.organizations') AND k.conname = 'organizations_id_not_nil')
       AND NOT EXISTS (SELECT FROM app.protected_tables t WHERE t.relation = to_regclass('public.organizations') AND t.kind = 'tenants') THEN
        PERFORM app.use_tenants('public.organizations', 'id');
    END IF;
    IF EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = to_regclass('public.invoices') AND k.conname = 'invoices_amount_cents_range')
       AND NOT EXISTS (SELECT FROM app.protected_tables t WHERE t.relation = to_regclass('public.invoices')) THEN
        PERFORM app.protect_table('public.invoices');
    END IF;
END
$protection$;

RESET ROLE;
