-- app.tenant_id: the type of a tenant's id, uuid, bigint or text. It is chosen once for each database:
--   psql -v tenant_type=bigint, sme-data migrate --tenant-type bigint, or SchemaMigratorOptions.TenantType
-- These set app.tenant_type for this file. Where it is not set, the type is uuid, or the one that the database has.
SET ROLE app_owner;

DO $type$
DECLARE
    wanted constant text := nullif(current_setting('app.tenant_type', true), '');
    -- Functions of the context return the domain's base type, because pg_get_expr would print a cast from a domain in each policy.
    existing text := (SELECT pg_catalog.format_type(t.typbasetype, NULL) FROM pg_catalog.pg_type t
                      WHERE t.typname = 'tenant_id' AND t.typnamespace = 'app'::regnamespace);
BEGIN
    IF existing IS NULL AND EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'app'::regnamespace AND p.proname = 'current_org_id') THEN
        CREATE DOMAIN app.tenant_id AS uuid; -- of a version that had no other type
        existing := 'uuid';
    END IF;
    IF wanted NOT IN ('uuid', 'bigint', 'text') THEN
        RAISE EXCEPTION 'a tenant id cannot be of type %', wanted
            USING ERRCODE = 'invalid_parameter_value', HINT = 'The types are uuid, bigint and text.';
    ELSIF wanted <> existing THEN
        RAISE EXCEPTION 'tenant ids of this database are of type %, not %', existing, wanted
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'The type is chosen once for each database. Leave the option out, or migrate a new database.';
    ELSIF existing IS NULL THEN
        EXECUTE format('CREATE DOMAIN app.tenant_id AS %s', coalesce(wanted, 'uuid'));
    END IF;
    COMMENT ON DOMAIN app.tenant_id IS 'The id of a tenant. Its base type is chosen when the schema is first applied.';
END
$type$;

RESET ROLE;
