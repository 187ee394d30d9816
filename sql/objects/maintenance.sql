-- What the owner of a protected table sees of it. Under FORCE no policy of tenants or admins is the owner's: a data migration would change no row and a foreign
-- key would be marked valid unchecked, both without an error. So the policy owner_maintenance shows the owner every row in a maintenance that was begun, or in
-- an admin context (a SECURITY DEFINER function that an operator calls); the tenant's own rows while a tenant is in force (a SECURITY DEFINER function or a
-- trigger that a request runs); and raises an error otherwise.
SET ROLE app_owner;

DO $in_maintenance$
BEGIN
    -- SECURITY INVOKER: current_user is the owner, or a role that has the owner's privileges. The setting alone is not believed, because a tenant can write it
    -- and then call a SECURITY DEFINER function of the owner: the session's login has to be one that may become the current user.
    CREATE OR REPLACE FUNCTION app.in_maintenance() RETURNS boolean
        LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
        SET search_path = pg_catalog, pg_temp
    AS $function$
    BEGIN
        IF current_setting('role') = 'admin_role' THEN
            -- Where contexts are sealed, an admin context is one that a host has signed.
            IF to_regprocedure('app.context_holds()') IS NULL THEN
                RETURN true;
            END IF;
            RETURN app.context_holds();
        ELSIF app.current_org_id() IS NOT NULL THEN
            RETURN false;
        ELSIF coalesce(current_setting('app.maintenance', true), '') <> '' AND pg_has_role(session_user, current_user, 'MEMBER') THEN
            RETURN true;
        END IF;
        RAISE EXCEPTION 'the rows of protected tables belong to tenants: % needs a maintenance to read or write them', current_user
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'BEGIN; SELECT app.begin_maintenance(''why''); .. COMMIT; as a login that may become the owner of the table. '
                         'In a request: set a tenant.';
    END
    $function$;
    COMMENT ON FUNCTION app.in_maintenance() IS
        'Whether the owner of a protected table may see all of its rows now; an error where neither a tenant nor a maintenance is in force.';
    -- The tenant guard, where it is on, holds the function to what it is.
    IF EXISTS (SELECT FROM pg_catalog.pg_class WHERE relname = 'pinned' AND relnamespace = to_regnamespace('app_guard')) THEN
        PERFORM app_guard.pin('app.in_maintenance()');
    END IF;
END
$in_maintenance$;
-- A policy is evaluated with the privileges of whoever owns the table, which may be any role. It tells no more than the settings do.
GRANT EXECUTE ON FUNCTION app.in_maintenance() TO PUBLIC;

-- SECURITY DEFINER: it writes the log, for the owner of any protected table.
CREATE OR REPLACE FUNCTION app.begin_maintenance(reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF coalesce(reason, '') !~ '[^[:space:]]' THEN
        RAISE EXCEPTION 'a maintenance needs a reason' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'SELECT app.begin_maintenance(''fill invoices.currency'');';
    ELSIF NOT pg_has_role(session_user, 'app_owner', 'MEMBER') AND NOT EXISTS (
        SELECT FROM app.protected_tables t JOIN pg_class c ON c.oid = t.relation WHERE pg_has_role(session_user, c.relowner, 'MEMBER')) THEN
        RAISE EXCEPTION 'login % may not become the owner of a protected table, and so may not begin a maintenance', session_user
            USING ERRCODE = 'insufficient_privilege',
                HINT = 'Log in as the login that runs the migrations. The app has admin contexts for work on all tenants.';
    ELSIF app.current_org_id() IS NOT NULL THEN
        RAISE EXCEPTION 'a tenant is in force: the maintenance would see its rows alone' USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Begin the maintenance in a transaction in which app.current_org_id is not set.';
    ELSIF current_setting('transaction_read_only') = 'on' THEN
        RAISE EXCEPTION 'a maintenance is written to app.maintenance_log, and this transaction is read-only' USING ERRCODE = 'read_only_sql_transaction',
            HINT = 'BEGIN READ WRITE; pg_dump: PGOPTIONS=''-c app.maintenance=dump'' pg_dump --enable-row-security.';
    END IF;
    INSERT INTO app.maintenance_log (reason) VALUES (begin_maintenance.reason);
    -- A rollback takes the row back, not the line in the server's log.
    RAISE LOG 'maintenance of protected tables begun by %: %', session_user, reason;
    PERFORM set_config('app.maintenance', reason, true);
END
$function$;
COMMENT ON FUNCTION app.begin_maintenance(text)
    IS 'Lets the owner of protected tables read and write the rows of all tenants until the end of this transaction. The reason is logged.';
-- To PUBLIC, because a table may have any owner. It asks who the login is.
GRANT EXECUTE ON FUNCTION app.begin_maintenance(text) TO PUBLIC;

RESET ROLE;
