-- The invoices of every organization, in one table.
SET ROLE app_owner;

CREATE TABLE IF NOT EXISTS public.invoices (
    org_id        uuid        NOT NULL DEFAULT app.current_org_id(),
    id            uuid        NOT NULL DEFAULT gen_random_uuid(),
    number        text        NOT NULL,
    amount_cents  bigint      NOT NULL,
    customer_name text        NOT NULL,
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

SELECT app.protect_table('public.invoices');

RESET ROLE;
