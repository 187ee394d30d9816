-- Right to erasure: one statement deletes an organization with everything it owns and says how many rows that was, table by table.
SET ROLE app_owner;

-- SECURITY INVOKER: a tenant can delete itself, admin_role anyone, and row-level security decides.
CREATE OR REPLACE FUNCTION app.delete_organization(target_org_id uuid) RETURNS TABLE (table_name text, deleted_rows bigint)
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    tenant_table record;
    counted jsonb := '{}';
    affected bigint;
BEGIN
    -- A new row of this organization needs a key-share lock on its parent: none appears between the count and the delete.
    PERFORM FROM public.organizations o WHERE o.id = target_org_id FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;

    -- The tenant column of a protected table is the column its policy depends on.
    FOR tenant_table IN
        SELECT p.polrelid::regclass::text AS name, format('DELETE FROM %s WHERE %I = $1', p.polrelid::regclass, a.attname) AS deletion,
               format('SELECT count(*) FROM %s WHERE %I = $1', p.polrelid::regclass, a.attname) AS census
        FROM pg_policy p
        JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = p.polrelid
        JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid AND a.attnum > 0
        WHERE p.polname = 'tenant_isolation' AND p.polrelid <> 'public.organizations'::regclass
        GROUP BY p.polrelid, a.attname ORDER BY 1
    LOOP
        EXECUTE tenant_table.census INTO affected USING target_org_id;
        counted := counted || jsonb_build_object(tenant_table.name, jsonb_build_object('rows', affected, 'deletion', tenant_table.deletion));
    END LOOP;

    DELETE FROM public.organizations o WHERE o.id = target_org_id;
    GET DIAGNOSTICS affected = ROW_COUNT;
    IF affected = 0 THEN -- the restrictive demo policy refuses silently
        RETURN;
    END IF;

    -- What no foreign key cascaded to would stay behind without an owner.
    FOR tenant_table IN SELECT value ->> 'deletion' AS deletion FROM jsonb_each(counted) LOOP
        EXECUTE tenant_table.deletion USING target_org_id;
    END LOOP;

    RETURN QUERY SELECT 'public.organizations', affected
                 UNION ALL (SELECT key, (value ->> 'rows')::bigint FROM jsonb_each(counted) ORDER BY key);
END
$function$;

REVOKE ALL ON FUNCTION app.delete_organization(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.delete_organization(uuid) TO tenant_role, admin_role;

RESET ROLE;
