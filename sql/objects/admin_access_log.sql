-- The policies of the log of admin contexts.
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
    -- The tenant guard, where it is on, holds the function to what it is.
    IF EXISTS (SELECT FROM pg_catalog.pg_class WHERE relname = 'pinned' AND relnamespace = to_regnamespace('app_guard')) THEN
        PERFORM app_guard.pin('app_seal.admits_entry(text)');
    END IF;
END
$log$;

RESET ROLE;
