-- DROP OWNED asks only whether one is the role, and removes it from policies: SQL of a tenant could drop every policy that names its role alone, for all
-- tenants and for good. Nothing but an event trigger stops it, which only a superuser can create; no event trigger fires for ALTER ROLE or REASSIGN OWNED.
-- With it go the other commands that change something lasting for a role that owns nothing: default privileges, and its user mappings of foreign servers.
-- Off: DROP EVENT TRIGGER keep_policies; DROP FUNCTION app.keep_policies();
DO $policies$
BEGIN
    -- It belongs to the superuser, as superusers run it too.
    CREATE OR REPLACE FUNCTION app.keep_policies() RETURNS event_trigger
        LANGUAGE plpgsql
        SET search_path = pg_catalog, pg_temp
    AS $function$
    BEGIN
        -- The session's login, which no SET ROLE, SECURITY DEFINER function or DO block changes.
        IF (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = session_user) OR pg_has_role(session_user, 'app_owner', 'MEMBER')
           OR NOT (pg_has_role(session_user, 'tenant_role', 'MEMBER') OR pg_has_role(session_user, 'demo_role', 'MEMBER')
                   OR pg_has_role(session_user, 'admin_role', 'MEMBER')) THEN
            RETURN;
        END IF;
        RAISE EXCEPTION '% is refused: the app may change nothing lasting for its roles', tg_tag
            USING ERRCODE = 'insufficient_privilege', HINT = 'Run it as a superuser, or as a login that may become app_owner.';
    END
    $function$;
    COMMENT ON FUNCTION app.keep_policies() IS 'Refuses the logins of the app what would drop policies of its roles, or change something else that lasts.';
    REVOKE ALL ON FUNCTION app.keep_policies() FROM PUBLIC;

    IF NOT EXISTS (SELECT FROM pg_catalog.pg_event_trigger WHERE evtname = 'keep_policies') THEN
        CREATE EVENT TRIGGER keep_policies ON ddl_command_start
            WHEN TAG IN ('DROP OWNED', 'ALTER DEFAULT PRIVILEGES', 'CREATE USER MAPPING', 'ALTER USER MAPPING', 'DROP USER MAPPING')
            EXECUTE FUNCTION app.keep_policies();
    END IF;
    ALTER EVENT TRIGGER keep_policies ENABLE ALWAYS;

    -- The tenant guard, where it is on, holds the function to what it is.
    IF EXISTS (SELECT FROM pg_catalog.pg_class WHERE relname = 'pinned' AND relnamespace = to_regnamespace('app_guard')) THEN
        PERFORM app_guard.pin('app.keep_policies()');
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_event_trigger WHERE evtname = 'keep_policies') THEN
        RAISE NOTICE 'DROP OWNED stays open to every tenant, and drops the policies of its role: only a superuser can create the event trigger that refuses it';
    END IF;
END
$policies$;
