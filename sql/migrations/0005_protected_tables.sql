-- The registry of protected tables. app.protect_table writes it; deletions, upgrades and the seal read it.
SET ROLE app_owner;

CREATE TABLE IF NOT EXISTS app.protected_tables (
    relation      regclass PRIMARY KEY, -- by oid: the row follows a table that is renamed
    -- tenants: the table of the tenants themselves. column: each row names its tenant in a column of its own.
    kind          text     NOT NULL CHECK (kind IN ('tenants', 'column')),
    tenant_column name     NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS protected_tables_one_tenants_table ON app.protected_tables (kind) WHERE kind = 'tenants';

DO $privileges$
BEGIN
    EXECUTE format('REVOKE ALL ON TABLE app.protected_tables FROM PUBLIC, %s', array_to_string(app.role_names(), ', '));
END
$privileges$;
GRANT SELECT ON TABLE app.protected_tables TO admin_role;

-- Tables that were protected before there was a registry: the tenant column is the column that the policy depends on.
INSERT INTO app.protected_tables
SELECT p.polrelid, CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_trigger g WHERE g.tgrelid = p.polrelid AND g.tgname = 'keep_organization_row') THEN 'tenants' ELSE 'column' END,
       a.attname
FROM pg_catalog.pg_policy p
JOIN pg_catalog.pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = p.polrelid
JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid AND a.attnum > 0
WHERE p.polname = 'tenant_isolation'
ON CONFLICT DO NOTHING;

-- A tenant guard that is on already judges this table at commit.
DO $guard$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'app_guard') THEN
        PERFORM app_guard.allow('app.protected_tables', 'of the library; tenants have no privilege on it');
    END IF;
END
$guard$;

RESET ROLE;
