-- Who began a maintenance of the protected tables, when and why. app.begin_maintenance writes it; nobody changes it afterwards.
SET ROLE app_owner;

CREATE TABLE IF NOT EXISTS app.maintenance_log (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    begun_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    login            name        NOT NULL DEFAULT session_user,
    application_name text        NOT NULL DEFAULT current_setting('application_name'),
    reason           text        NOT NULL CHECK (reason ~ '[^[:space:]]')
);

DO $privileges$
BEGIN
    EXECUTE format('REVOKE ALL ON TABLE app.maintenance_log FROM PUBLIC, %s', array_to_string(app.role_names(), ', '));
    EXECUTE format('REVOKE ALL ON SEQUENCE app.maintenance_log_id_seq FROM PUBLIC, %s', array_to_string(app.role_names(), ', '));
END
$privileges$;
GRANT SELECT ON TABLE app.maintenance_log TO admin_role;

-- A tenant guard that is on already judges this table at commit.
DO $guard$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'app_guard') THEN
        PERFORM app_guard.allow('app.maintenance_log', 'of the library; tenants have no privilege on it');
    END IF;
END
$guard$;

RESET ROLE;
