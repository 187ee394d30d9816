-- Who is asking, as the policies see it.
SET ROLE app_owner;

-- What the policies ask is made once, and left alone when this file runs again: where contexts are sealed, sql/seal/ has put its own function in
-- place of this one.
DO $once$
BEGIN
    -- The organization of this transaction, or NULL when none is set: a transaction-local setting that has ended reads '', not NULL.
    -- The one place that reads the setting. STABLE, never IMMUTABLE: folded into a cached plan it would hand out another tenant's rows.
    -- RETURN binds the names here and now, so nothing in a caller's search_path can take their place.
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'app'::regnamespace AND p.proname = 'current_org_id') THEN
        CREATE FUNCTION app.current_org_id() RETURNS uuid
            LANGUAGE sql STABLE PARALLEL SAFE
            RETURN NULLIF(current_setting('app.current_org_id', true), '')::uuid;
        COMMENT ON FUNCTION app.current_org_id() IS 'The organization in force in this transaction; NULL when none is set.';
        REVOKE ALL ON FUNCTION app.current_org_id() FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION app.current_org_id() TO tenant_role, demo_role, admin_role;
    END IF;

    -- The public demo organization. The library's TenantContext.DemoOrganizationId is the same value (a test compares them).
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'app'::regnamespace AND p.proname = 'demo_org_id') THEN
        CREATE FUNCTION app.demo_org_id() RETURNS uuid
            LANGUAGE sql IMMUTABLE PARALLEL SAFE
            RETURN 'de300000-0000-4000-8000-000000000001'::uuid;
        COMMENT ON FUNCTION app.demo_org_id() IS 'The public demo organization, read-only for everyone but admin_role.';
        REVOKE ALL ON FUNCTION app.demo_org_id() FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION app.demo_org_id() TO tenant_role, demo_role, admin_role;
    END IF;
END
$once$;

-- Asked together with COMMIT: refuses to commit a unit of work whose tenant or role was changed on the way. The tenant guard, where it is on, holds it to
-- this text.
DO $check$
BEGIN
    CREATE OR REPLACE FUNCTION app.require_context(expected_org_id uuid, expected_role name) RETURNS void
        LANGUAGE plpgsql STABLE PARALLEL SAFE
        SET search_path = pg_catalog, pg_temp
    AS $function$
    BEGIN
        IF app.current_org_id() IS DISTINCT FROM expected_org_id OR current_user IS DISTINCT FROM expected_role THEN
            RAISE EXCEPTION 'the tenant or role of this transaction was changed after it was opened'
                USING ERRCODE = 'TD001', HINT = 'Open a unit of work of its own for each tenant; never set app.current_org_id or role yourself.';
        END IF;
    END
    $function$;
    IF EXISTS (SELECT FROM pg_catalog.pg_class WHERE relname = 'pinned' AND relnamespace = to_regnamespace('app_guard')) THEN
        PERFORM app_guard.pin('app.require_context(uuid,name)');
    END IF;
END
$check$;

REVOKE ALL ON FUNCTION app.require_context(uuid, name) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.require_context(uuid, name) TO tenant_role, demo_role, admin_role;
GRANT USAGE ON SCHEMA app TO tenant_role, demo_role, admin_role;

RESET ROLE;
