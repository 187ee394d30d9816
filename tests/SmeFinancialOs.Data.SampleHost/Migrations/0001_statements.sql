-- A table of the host's own. One call makes it as safe as the library's: no statement of one organization is ever seen by another.
SET ROLE app_owner;

CREATE TABLE public.statements (
    org_id     uuid        NOT NULL DEFAULT app.current_org_id() REFERENCES public.organizations (id) ON DELETE CASCADE,
    id         uuid        NOT NULL,
    csv        text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id)
);
SELECT app.protect_table('public.statements');

RESET ROLE;
