-- How far this database is migrated, for a health check that has no right to read the journal. The number goes up with every change of sql/, here and in
-- SchemaCheck.ExpectedVersion of the library: SchemaVersionTests fails where one of them was forgotten, and says what to do.
SET ROLE app_owner;

CREATE OR REPLACE FUNCTION app.schema_version() RETURNS int
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN 24;
COMMENT ON FUNCTION app.schema_version() IS 'The version of the schema of SmeFinancialOs.Data in this database.';

REVOKE ALL ON FUNCTION app.schema_version() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.schema_version() TO tenant_role, demo_role, admin_role;

RESET ROLE;
