-- Who is asking, as the policies see it.

-- The check of a version that knew no other tenant ids than uuids. The tenant guard, where it is on, holds the function to what it is: only a superuser can
-- drop it.
DO $old$
BEGIN
    IF to_regclass('app_guard.pinned') IS NOT NULL THEN
        DELETE FROM app_guard.pinned WHERE function = 'app.require_context(uuid,name)';
    END IF;
    DROP FUNCTION IF EXISTS app.require_context(uuid, name);
EXCEPTION WHEN insufficient_privilege THEN
    NULL;
END
$old$;

SET ROLE app_owner;

-- What the policies ask is made once, and left alone when this file runs again: where contexts are sealed, sql/seal/ has put its own function in
-- place of this one.
DO $once$
DECLARE
    tenant_id constant text := (SELECT format_type(t.typbasetype, NULL) FROM pg_catalog.pg_type t WHERE t.oid = 'app.tenant_id'::regtype);
BEGIN
    -- The organization of this transaction, or NULL when none is set: a transaction-local setting that has ended reads '', not NULL.
    -- The one place that reads the setting. STABLE, never IMMUTABLE: folded into a cached plan it would hand out another tenant's rows.
    -- RETURN binds the names here and now, so nothing in a caller's search_path can take their place.
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'app'::regnamespace AND p.proname = 'current_org_id') THEN
        EXECUTE format($create$
            CREATE FUNCTION app.current_org_id() RETURNS %1$s
                LANGUAGE sql STABLE PARALLEL SAFE
                RETURN NULLIF(current_setting('app.current_org_id', true), '')::%1$s
        $create$, tenant_id);
        COMMENT ON FUNCTION app.current_org_id() IS 'The organization in force in this transaction; NULL when none is set.';
    END IF;

    -- Who acts inside the organization, as the host says it: the user, or NULL, and the user's roles, or none.
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'app'::regnamespace AND p.proname = 'current_user_id') THEN
        CREATE FUNCTION app.current_user_id() RETURNS text
            LANGUAGE sql STABLE PARALLEL SAFE
            RETURN NULLIF(current_setting('app.current_user_id', true), '');
        COMMENT ON FUNCTION app.current_user_id() IS 'The user of this transaction; the actor of an admin context; NULL when none is set.';
        CREATE FUNCTION app.current_roles() RETURNS text[]
            LANGUAGE sql STABLE PARALLEL SAFE
            RETURN COALESCE(NULLIF(current_setting('app.current_roles', true), '')::text[], '{}');
        COMMENT ON FUNCTION app.current_roles() IS 'The roles that the user of this transaction has inside the organization; empty when none are set.';
        REVOKE ALL ON FUNCTION app.current_roles() FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION app.current_roles() TO tenant_role, demo_role, admin_role;
        IF EXISTS (SELECT FROM pg_catalog.pg_class WHERE relname = 'pinned' AND relnamespace = to_regnamespace('app_guard')) THEN
            PERFORM app_guard.pin('app.current_user_id()'), app_guard.pin('app.current_roles()');
        END IF;
    END IF;

    -- To PUBLIC, because the policy and the triggers of a table's owner ask, too, and that may be any role. They tell no more than the settings do. Sealed ones
    -- have it.
    IF pg_has_role((SELECT p.proowner FROM pg_catalog.pg_proc p WHERE p.oid = 'app.current_org_id()'::regprocedure), 'USAGE') THEN
        GRANT EXECUTE ON FUNCTION app.current_org_id(), app.current_user_id() TO PUBLIC;
    END IF;

    -- The public demo organization; NULL where there is none. app.use_demo changes it. Where ids are uuids it is TenantContext.DemoOrganizationId
    -- (a test compares them), elsewhere there is none at first.
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'app'::regnamespace AND p.proname = 'demo_org_id') THEN
        EXECUTE format('CREATE FUNCTION app.demo_org_id() RETURNS %1$s LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN %2$L::%1$s', tenant_id,
            CASE tenant_id WHEN 'uuid' THEN 'de300000-0000-4000-8000-000000000001' END);
        COMMENT ON FUNCTION app.demo_org_id() IS 'The public demo organization, read-only for everyone but admin_role; NULL where there is none.';
        REVOKE ALL ON FUNCTION app.demo_org_id() FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION app.demo_org_id() TO tenant_role, demo_role, admin_role;
    END IF;
END
$once$;

-- Asked together with COMMIT: refuses to commit a unit of work whose tenant, database role, user or user's roles were changed on the way. The tenant guard,
-- where it is on, holds it to this text.
DO $check$
BEGIN
    CREATE OR REPLACE FUNCTION app.require_context(expected_org_id text, expected_role name, expected_user_id text, expected_roles text[]) RETURNS void
        LANGUAGE plpgsql STABLE PARALLEL SAFE
        SET search_path = pg_catalog, pg_temp
    AS $function$
    BEGIN
        IF app.current_org_id()::text IS DISTINCT FROM expected_org_id OR current_user IS DISTINCT FROM expected_role
           OR app.current_user_id() IS DISTINCT FROM expected_user_id OR app.current_roles() IS DISTINCT FROM coalesce(expected_roles, '{}') THEN
            RAISE EXCEPTION 'the tenant, role or user of this transaction was changed after it was opened'
                USING ERRCODE = 'TD001',
                      HINT = 'Open a unit of work of its own for each tenant and user; never set role, app.current_org_id, app.current_user_id or '
                             'app.current_roles yourself.';
        END IF;
    END
    $function$;
    IF EXISTS (SELECT FROM pg_catalog.pg_class WHERE relname = 'pinned' AND relnamespace = to_regnamespace('app_guard')) THEN
        PERFORM app_guard.pin('app.require_context(text,name,text,text[])');
    END IF;
END
$check$;

REVOKE ALL ON FUNCTION app.require_context(text, name, text, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.require_context(text, name, text, text[]) TO tenant_role, demo_role, admin_role;
GRANT USAGE ON SCHEMA app TO tenant_role, demo_role, admin_role;

RESET ROLE;
