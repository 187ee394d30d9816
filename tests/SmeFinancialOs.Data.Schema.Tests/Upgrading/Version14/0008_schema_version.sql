-- How far this database is migrated, for a health check that has no right to read the journal. Each later migration replaces this function; a test holds
-- it to the number of the newest file.
SET ROLE app_owner;

CREATE OR REPLACE FUNCTION app.schema_version() RETURNS int
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN 8;
COMMENT ON FUNCTION app.schema_version() IS 'The number of the newest migration of SmeFinancialOs.Data in this database.';

REVOKE ALL ON FUNCTION app.schema_version() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.schema_version() TO tenant_role, demo_role, admin_role;

RESET ROLE;
