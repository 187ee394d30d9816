-- The tables of the reference article: organizations, which are the tenants, and their invoices. A host with tables of its own leaves this folder out.
SET ROLE app_owner;

DO $tables$
DECLARE
    item record;
    -- Created by an earlier version. A host that has dropped the tables, or has others in their place since, keeps what it has.
    is_known boolean := false;
BEGIN
    IF to_regclass('app.schema_migrations') IS NOT NULL THEN
        SELECT EXISTS (SELECT FROM app.schema_migrations m WHERE m.scriptname = '0006_invoices.sql') INTO is_known;
    END IF;
    IF is_known THEN
        RETURN;
    END IF;

    -- Ours are known by a constraint.
    FOR item IN SELECT t.name FROM (VALUES ('public.organizations', 'organizations_id_not_nil'), ('public.invoices', 'invoices_amount_cents_range')) AS t (name, mark)
                WHERE to_regclass(t.name) IS NOT NULL
                  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = to_regclass(t.name) AND k.conname = t.mark)
    LOOP
        RAISE EXCEPTION '% is there already, and is not the table of this library', item.name
            USING ERRCODE = 'duplicate_table',
                  HINT = 'Leave the tables of the article out, and protect your own with app.use_tenants and app.protect_table: sme-data migrate --without-invoicing, '
                         'SchemaMigratorOptions.Invoicing = false, or psql -v without_invoicing=1. Nothing was changed.';
    END LOOP;

    -- The tenant column is id; nobody can list the other customers.
    CREATE TABLE IF NOT EXISTS public.organizations (
        id         uuid        NOT NULL DEFAULT gen_random_uuid(),
        name       text        NOT NULL,
        slug       text        NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT organizations_pkey PRIMARY KEY (id),
        -- Across all tenants on purpose: a slug is a public name (a host name, a path) and can have one owner only.
        CONSTRAINT organizations_slug_key UNIQUE (slug),
        CONSTRAINT organizations_id_not_nil CHECK (id <> '00000000-0000-0000-0000-000000000000'),
        CONSTRAINT organizations_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
        CONSTRAINT organizations_slug_format CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$')
    );

    CREATE TABLE IF NOT EXISTS public.invoices (
        org_id        uuid        NOT NULL DEFAULT app.current_org_id(),
        id            uuid        NOT NULL DEFAULT gen_random_uuid(),
        number        text        NOT NULL,
        amount_cents  bigint      NOT NULL,
        customer_name text,
        status        text        NOT NULL DEFAULT 'draft',
        issued_at     date        NOT NULL,
        created_at    timestamptz NOT NULL DEFAULT now(),
        -- Keys carry org_id: on id alone, a duplicate would tell that another tenant has the row, and a child could point at it.
        CONSTRAINT invoices_pkey PRIMARY KEY (org_id, id),
        CONSTRAINT invoices_number_key UNIQUE (org_id, number),
        CONSTRAINT invoices_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations (id) ON DELETE CASCADE,
        CONSTRAINT invoices_number_length CHECK (char_length(number) BETWEEN 1 AND 64),
        CONSTRAINT invoices_customer_name_length CHECK (char_length(customer_name) BETWEEN 1 AND 200),
        -- Ten trillion units of a currency: no invoice is larger, and a sum of thousands of them still is a bigint.
        CONSTRAINT invoices_amount_cents_range CHECK (amount_cents BETWEEN -1000000000000000 AND 1000000000000000),
        CONSTRAINT invoices_status_known CHECK (status IN ('draft', 'pending', 'sent', 'paid', 'overdue', 'void')),
        CONSTRAINT invoices_issued_at_finite CHECK (isfinite(issued_at))
    );

    -- Operators of a query that are not leakproof run after the policy, so the index must lead with org_id to be of use.
    CREATE INDEX IF NOT EXISTS idx_invoices_org ON public.invoices (org_id, issued_at DESC, id);
END
$tables$;

RESET ROLE;
