-- Run again when this text changes.
-- Right to erasure: one statement deletes an organization with everything it owns and says how many rows that was, table by table.
SET ROLE app_owner;

-- SECURITY INVOKER, and for admin_role alone: to erase an organization is an admin's act, with a reason on record.
-- No tenant may delete from public.organizations.
CREATE OR REPLACE FUNCTION app.delete_organization(target_org_id uuid) RETURNS TABLE (table_name text, deleted_rows bigint)
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    deletions text;
    counts text;
BEGIN
    -- A new row of this organization needs a key-share lock on its parent: none appears while it is being deleted.
    PERFORM FROM public.organizations o WHERE o.id = target_org_id FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;

    -- The tenant column of a protected table is the column its policy depends on.
    SELECT string_agg(format(', d%s AS (DELETE FROM %s WHERE %I = $1 RETURNING 1)', t.i, t.name, t.tenant_column), '' ORDER BY t.i),
           string_agg(format(', (%s, %L, (SELECT count(*) FROM d%1$s))', t.i, t.name), '' ORDER BY t.i)
    INTO deletions, counts
    FROM (SELECT row_number() OVER (ORDER BY p.polrelid::regclass::text) AS i, p.polrelid::regclass::text AS name, a.attname AS tenant_column
          FROM pg_policy p
          JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = p.polrelid
          JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid AND a.attnum > 0
          WHERE p.polname = 'tenant_isolation' AND p.polrelid <> 'public.organizations'::regclass
          GROUP BY p.polrelid, a.attname) t;

    -- All in one statement: foreign keys are checked at its end, so the order of the tables does not matter, nor whether a key cascades.
    RETURN QUERY EXECUTE format(
        'WITH d0 AS (DELETE FROM public.organizations WHERE id = $1 RETURNING 1)%s
         SELECT r.name, r.n FROM (VALUES (0, ''public.organizations'', (SELECT count(*) FROM d0))%s) AS r (i, name, n) ORDER BY r.i',
        deletions, counts) USING target_org_id;

    -- A policy refuses a DELETE silently; then nothing else may be gone either.
    PERFORM FROM public.organizations o WHERE o.id = target_org_id;
    IF FOUND THEN
        RAISE EXCEPTION 'a policy keeps organization % from being deleted', target_org_id USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$function$;

REVOKE ALL ON FUNCTION app.delete_organization(uuid) FROM PUBLIC, app_user, tenant_role, demo_role;
GRANT EXECUTE ON FUNCTION app.delete_organization(uuid) TO admin_role;

RESET ROLE;
