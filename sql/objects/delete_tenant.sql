-- Right to erasure: one statement deletes a tenant with everything that it owns and says how many rows that was, table by table.
SET ROLE app_owner;

-- Its name before tenants could have ids of another type than uuid.
DROP FUNCTION IF EXISTS app.delete_organization(uuid);

-- The condition that a row of a registered table, under an alias, belongs to the tenant $1: of a child, that its parent does.
CREATE OR REPLACE FUNCTION app.condition_of_tenant(target regclass, alias text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    registered record;
    parent_alias constant text := alias || 'p';
BEGIN
    SELECT t.* INTO registered FROM app.protected_tables t WHERE t.relation = target;
    RETURN CASE WHEN registered.kind IN ('tenants', 'column') THEN format('%s.%I = $1', alias, registered.tenant_column)
        WHEN registered.kind = 'parent' THEN (
            SELECT format('EXISTS (SELECT FROM %s %s WHERE %s AND %s)', registered.parent, parent_alias,
                string_agg(format('%s.%I = %s.%I', parent_alias, k.parent_column, alias, k.own_column), ' AND '),
                app.condition_of_tenant(registered.parent, parent_alias))
            FROM app.parent_columns(target) k) END;
END
$function$;

-- SECURITY INVOKER, and for admin_role alone: to erase a tenant is an admin's act, with a reason on record. No tenant may delete
-- from the tenants' table.
CREATE OR REPLACE FUNCTION app.delete_tenant(target_id app.tenant_id) RETURNS TABLE (table_name text, deleted_rows bigint)
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    tenants record;
    is_there boolean;
    deletions text;
    counts text;
BEGIN
    SELECT t.relation AS name, t.tenant_column AS id INTO tenants FROM app.protected_tables t JOIN pg_class c ON c.oid = t.relation WHERE t.kind = 'tenants';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no table is the one of the tenants' USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'SELECT app.use_tenants(''public.accounts'', ''id'');';
    END IF;

    -- A new row of this tenant needs a key-share lock on its parent: none appears while it is being deleted.
    EXECUTE format('SELECT true FROM %s WHERE %I = $1 FOR UPDATE', tenants.name, tenants.id) INTO is_there USING target_id;
    IF is_there IS NULL THEN
        RETURN;
    END IF;

    SELECT string_agg(format(', d%s AS (DELETE FROM %s t WHERE %s RETURNING 1)', t.i, t.name, app.condition_of_tenant(t.relation, 't')), '' ORDER BY t.i),
           string_agg(format(', (%s, %L, (SELECT count(*) FROM d%1$s))', t.i, t.name), '' ORDER BY t.i)
    INTO deletions, counts
    FROM (SELECT row_number() OVER (ORDER BY t.relation::text) AS i, t.relation::text AS name, t.relation
          FROM app.protected_tables t JOIN pg_class c ON c.oid = t.relation WHERE t.kind IN ('column', 'parent')) t;

    -- All in one statement: foreign keys are checked at its end, so the order of the tables does not matter, nor whether a key cascades.
    RETURN QUERY EXECUTE format(
        'WITH d0 AS (DELETE FROM %s WHERE %I = $1 RETURNING 1)%s
         SELECT r.name, r.n FROM (VALUES (0, %L, (SELECT count(*) FROM d0))%s) AS r (i, name, n) ORDER BY r.i',
        tenants.name, tenants.id, deletions, tenants.name::text, counts) USING target_id;

    -- A policy refuses a DELETE silently; then nothing else may be gone either.
    EXECUTE format('SELECT true FROM %s WHERE %I = $1', tenants.name, tenants.id) INTO is_there USING target_id;
    IF is_there THEN
        RAISE EXCEPTION 'a policy keeps tenant % from being deleted', target_id USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$function$;

DO $privileges$
BEGIN
    EXECUTE format('REVOKE ALL ON FUNCTION app.delete_tenant(app.tenant_id), app.condition_of_tenant(regclass, text) FROM PUBLIC, %s',
        array_to_string(app.role_names(), ', '));
END
$privileges$;
GRANT EXECUTE ON FUNCTION app.delete_tenant(app.tenant_id), app.condition_of_tenant(regclass, text), app.parent_columns(regclass) TO admin_role;

RESET ROLE;
