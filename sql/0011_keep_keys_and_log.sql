-- The keys of the seal, and the log of admin contexts.
--
-- No role but its owner reads or writes a key: a membership in pg_read_all_data or pg_write_all_data, or a grant, is not enough.
SET ROLE app_sealer;

-- Without a policy, row-level security lets nobody but the owner see a row. It is not forced: the views and functions of the seal read the keys as app_sealer.
ALTER TABLE app_seal.keys ENABLE ROW LEVEL SECURITY;

-- ANALYZE copies values into pg_statistic, which pg_read_all_data reads, and where a key outlived its retirement. Nothing is collected from now on. What
-- is there already goes when the type of the columns is set again; the view that reads them is put aside meanwhile, as PostgreSQL refuses that otherwise.
ALTER TABLE app_seal.keys ALTER inner_pad SET STATISTICS 0, ALTER outer_pad SET STATISTICS 0;
DO $statistics$
DECLARE
    token_view constant text := (SELECT pg_catalog.pg_get_viewdef(pg_catalog.to_regclass('app_seal.valid_token')));
BEGIN
    IF token_view IS NOT NULL THEN
        CREATE OR REPLACE VIEW app_seal.valid_token AS SELECT NULL::text AS kind, NULL::uuid AS org_id;
    END IF;
    ALTER TABLE app_seal.keys ALTER inner_pad TYPE bytea, ALTER outer_pad TYPE bytea;
    IF token_view IS NOT NULL THEN
        EXECUTE 'CREATE OR REPLACE VIEW app_seal.valid_token AS ' || token_view;
    END IF;
END
$statistics$;
RESET ROLE;

-- No grant to another role opens the log of admin contexts, nor does a SECURITY DEFINER function, or a view, of its owner: it is forced. To take old entries
-- out of it is a superuser's work.
SET ROLE app_owner;
ALTER TABLE app.admin_access_log ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS admins_read ON app.admin_access_log;
DROP POLICY IF EXISTS admins_add ON app.admin_access_log;
CREATE POLICY admins_read ON app.admin_access_log FOR SELECT TO admin_role USING (true);
CREATE POLICY admins_add ON app.admin_access_log FOR INSERT TO admin_role WITH CHECK (true);

CREATE OR REPLACE FUNCTION app.schema_version() RETURNS int
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN 11;
RESET ROLE;
