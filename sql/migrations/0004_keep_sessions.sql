-- A login may end and cancel its own sessions, and those of the app's login are every tenant's. Injected SQL that resets the role could end them all, again
-- and again. A host cancels its own statements by the protocol, which asks for no privilege; superusers and members of pg_signal_backend go on as before.
DO $sessions$
BEGIN
    IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
        RAISE NOTICE 'sessions stay open to every tenant, who can end them: only a superuser can revoke pg_terminate_backend and pg_cancel_backend';
        RETURN;
    END IF;
    REVOKE EXECUTE ON FUNCTION pg_catalog.pg_terminate_backend(int, bigint), pg_catalog.pg_cancel_backend(int) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION pg_catalog.pg_terminate_backend(int, bigint), pg_catalog.pg_cancel_backend(int) TO pg_signal_backend;
END
$sessions$;
