-- A large object belongs to a role, not to an organization: all tenants share tenant_role, so each could read, change and delete what another
-- stored. Files go into a bytea column of a protected table. The functions are the superuser's: whoever runs this with less is told so.
DO $large_objects$
DECLARE
    item record;
BEGIN
    FOR item IN SELECT p.oid::regprocedure AS name, pg_has_role(p.proowner, 'USAGE') AS is_ours FROM pg_catalog.pg_proc p
                WHERE p.pronamespace = 'pg_catalog'::regnamespace AND (p.proname LIKE 'lo\_%' OR p.proname IN ('loread', 'lowrite'))
                  AND has_function_privilege('public', p.oid, 'EXECUTE')
    LOOP
        IF NOT item.is_ours THEN
            RAISE WARNING 'large objects of database "%" are shared by all tenants', current_database()
                USING HINT = 'A superuser can end that: run sql/0008_large_objects.sql as one. Until then do not store large objects.';
            EXIT;
        END IF;
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', item.name);
    END LOOP;
END
$large_objects$;
