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

-- Whether the context in force may enter a name as its own in the log of admin contexts. Where contexts are sealed, the name is part of what the host has
-- signed: the token holds half of its SHA-256 where a tenant's holds the organization. Elsewhere nothing is known of it. SECURITY DEFINER: it reads the keys.
-- Whoever may become the owner of the tables could switch the policies off, so such an operator needs no token.
CREATE OR REPLACE FUNCTION app_seal.admits_entry(actor text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    signed uuid;
BEGIN
    IF to_regclass('app_seal.context') IS NULL OR pg_has_role(session_user, 'app_owner', 'MEMBER') THEN
        RETURN true;
    END IF;
    SELECT v.org_id INTO signed FROM app_seal.valid_token v WHERE v.kind = 'a';
    IF signed IS NULL THEN
        PERFORM app_seal.refuse();
        RETURN false;
    ELSIF signed = '00000000-0000-0000-0000-000000000000' THEN
        RAISE EXCEPTION 'the sealed context names no actor'
            USING ERRCODE = 'invalid_authorization_specification', HINT = 'The host is older than the database: upgrade SmeFinancialOs.Data there.';
    END IF;
    RETURN signed = encode(substr(sha256(convert_to(actor, 'UTF8')), 1, 16), 'hex')::uuid;
END
$function$;
COMMENT ON FUNCTION app_seal.admits_entry(text) IS 'Whether the context in force may enter this name as its own in the log of admin contexts.';
REVOKE ALL ON FUNCTION app_seal.admits_entry(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_seal.admits_entry(text) TO admin_role;
GRANT USAGE ON SCHEMA app_seal TO app_owner;
RESET ROLE;

-- No grant to another role opens the log of admin contexts, nor does a SECURITY DEFINER function, or a view, of its owner: it is forced. To take old entries
-- out of it is a superuser's work.
SET ROLE app_owner;
ALTER TABLE app.admin_access_log ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DO $log$
BEGIN
    DROP POLICY IF EXISTS admins_read ON app.admin_access_log;
    DROP POLICY IF EXISTS admins_add ON app.admin_access_log;
    CREATE POLICY admins_read ON app.admin_access_log FOR SELECT TO admin_role USING (true);
    CREATE POLICY admins_add ON app.admin_access_log FOR INSERT TO admin_role WITH CHECK (app_seal.admits_entry(actor));
    -- The tenant guard, where it is on, holds these to what they are.
    IF EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'app_guard') THEN
        PERFORM app_guard.pin('app_seal.admits_entry(text)'), app_guard.pin('app.keep_organization()');
    END IF;
END
$log$;

CREATE OR REPLACE FUNCTION app.schema_version() RETURNS int
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN 11;
RESET ROLE;
