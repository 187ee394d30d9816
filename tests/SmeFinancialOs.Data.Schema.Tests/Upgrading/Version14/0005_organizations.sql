-- The organizations: the tenants themselves. The tenant column is id; nobody can list the other customers.
SET ROLE app_owner;

CREATE TABLE IF NOT EXISTS public.organizations (
    id         uuid        NOT NULL,
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

SELECT app.protect_table('public.organizations', 'id');

RESET ROLE;
