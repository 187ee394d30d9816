CREATE TABLE public.notes (
    org_id uuid NOT NULL DEFAULT app.current_org_id() REFERENCES public.organizations (id) ON DELETE CASCADE,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    body text NOT NULL,
    PRIMARY KEY (org_id, id)
);
SELECT app.protect_table('public.notes');
