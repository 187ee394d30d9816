-- Compares a protected table with what it has to have (protection.sql), and gives it what is missing.
SET ROLE app_owner;

DROP FUNCTION IF EXISTS app.protection_faults(regclass); -- of a version with other columns
-- What a registered table has that is not as expected; a row with a policy's name where it is a policy.
CREATE FUNCTION app.protection_faults(target regclass) RETURNS TABLE (policy text, fault text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
    WITH
    part (oid, is_child) AS (SELECT p.oid, p.oid <> target FROM app.parts_of(target) AS p (oid)),
    -- Records can be compared where their columns have the same collations.
    actual AS (
        SELECT p.polrelid AS part, p.polname::text COLLATE "C" AS name,
               CASE p.polcmd WHEN '*' THEN 'ALL' WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' ELSE 'DELETE' END COLLATE "C" AS command,
               p.polpermissive AS is_permissive, ARRAY(SELECT pg_get_userbyid(r)::text COLLATE "C" FROM unnest(p.polroles) AS r ORDER BY 1) AS roles,
               regexp_replace(pg_get_expr(p.polqual, p.polrelid), '\s+', ' ', 'g') COLLATE "C" AS condition,
               regexp_replace(pg_get_expr(p.polwithcheck, p.polrelid), '\s+', ' ', 'g') COLLATE "C" AS new_row
        FROM pg_policy p JOIN part ON part.oid = p.polrelid
        WHERE p.polname::text IN (SELECT d.name FROM app.policy_definitions() d WHERE NOT part.is_child OR d.is_of_parts)),
    expected AS (
        SELECT e.part::oid AS part, e.name COLLATE "C" AS name, e.command COLLATE "C" AS command, e.is_permissive,
            ARRAY(SELECT r COLLATE "C" FROM unnest(e.roles) AS r ORDER BY 1) AS roles,
               e.condition COLLATE "C" AS condition, e.new_row COLLATE "C" AS new_row
        FROM app.expected_policies(target) e),
    held (role, privilege, is_grantable) AS (
        SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text COLLATE "C" END, a.privilege_type, a.is_grantable
        FROM pg_class c CROSS JOIN aclexplode(c.relacl) a WHERE c.oid = target
        UNION ALL
        SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text COLLATE "C" END,
            format('%s (%I)', a.privilege_type, c.attname) COLLATE "C", a.is_grantable
        FROM pg_attribute c CROSS JOIN aclexplode(c.attacl) a WHERE c.attrelid = target),
    granted (role, privilege) AS (
        SELECT e.role, unnest(e.privileges) FROM app.expected_privileges(target) e)
    SELECT NULL, format('row-level security of %s is not enabled and forced', c.oid::regclass)
    FROM part JOIN pg_class c ON c.oid = part.oid WHERE NOT (c.relrowsecurity AND c.relforcerowsecurity)
    UNION ALL
    SELECT NULL, format('no foreign key ties it to %s', t.parent) FROM app.protected_tables t
    WHERE t.relation = target AND t.parent IS NOT NULL AND NOT EXISTS (SELECT FROM app.parent_columns(target))
    UNION ALL
    SELECT coalesce(e.name, a.name), format('policy %I%s %s', coalesce(e.name, a.name),
        CASE WHEN coalesce(e.part, a.part) <> target THEN format(' of %s', coalesce(e.part, a.part)::regclass) ELSE '' END,
        CASE WHEN a.name IS NULL THEN 'is missing' WHEN e.name IS NULL THEN 'is not expected' ELSE 'is another' END)
    FROM expected e FULL JOIN actual a ON (a.part, a.name) = (e.part, e.name) WHERE a IS DISTINCT FROM e
    UNION ALL
    SELECT NULL, format('trigger %I is missing, disabled or another', e.name)
    FROM app.expected_triggers(target) e LEFT JOIN pg_trigger g ON g.tgrelid = target AND g.tgname = e.name
    WHERE g.tgenabled NOT IN ('O', 'A') OR pg_get_triggerdef(g.oid) IS DISTINCT FROM e.definition
    UNION ALL
    SELECT NULL, format('%s lacks %s', g.role, g.privilege) FROM granted g
    WHERE NOT EXISTS (SELECT FROM held h WHERE (h.role, h.privilege) = (g.role, g.privilege))
    UNION ALL
    SELECT NULL, format('%s has %s', h.role, h.privilege) FROM held h
    WHERE h.role = ANY ('PUBLIC'::text || app.role_names())
        AND (h.is_grantable OR (h.role, h.privilege) NOT IN (SELECT g.role, g.privilege FROM granted g))
    UNION ALL
    SELECT NULL, format('%s has privileges of its own', c.oid::regclass) FROM part JOIN pg_class c ON c.oid = part.oid
    WHERE part.is_child AND EXISTS (SELECT FROM aclexplode(c.relacl) a
                                    WHERE a.grantee = 0 OR pg_get_userbyid(a.grantee)::text COLLATE "C" = ANY (app.role_names()))
$function$;

-- Gives a registered table what it has to have. Whatever is as expected is left alone, so a table that is so altogether is not locked.
CREATE OR REPLACE FUNCTION app.apply_protection(target regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    policies text[];
    item record;
BEGIN
    SELECT count(*) AS faults, array_agg(DISTINCT f.policy) FILTER (WHERE f.policy IS NOT NULL) AS policies INTO item FROM app.protection_faults(target) f;
    IF item.faults = 0 THEN
        RETURN;
    END IF;
    policies := item.policies;
    SELECT c.relowner, t.parent IS NOT NULL AND NOT EXISTS (SELECT FROM app.parent_columns(target)) AS is_orphan, t.parent::text AS parent INTO item
    FROM app.protected_tables t JOIN pg_class c ON c.oid = t.relation WHERE c.oid = target;
    IF item.is_orphan THEN
        RAISE EXCEPTION 'no validated foreign key ties table % to %, through which it is protected', target, item.parent
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Add the foreign key, or protect the table in another way: app.protect_table, '
                'app.share_table, app.unprotect_table.';
    ELSIF NOT pg_has_role(item.relowner, 'USAGE') THEN
        RAISE EXCEPTION 'table % belongs to %, and % may not alter it', target, pg_get_userbyid(item.relowner), current_user
            USING ERRCODE = 'insufficient_privilege',
                HINT = format('As a member of both: ALTER TABLE %1$s OWNER TO app_owner; or, as a superuser or as a member of %2$s who was granted app_owner: '
                    'SELECT app.apply_protection(%1$L);', target, pg_get_userbyid(item.relowner));
    END IF;

    FOR item IN SELECT p.name FROM app.parts_of(target) AS p (name) LOOP
        IF NOT (SELECT c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c WHERE c.oid = item.name) THEN
            EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', item.name);
        END IF;
        -- A revoke on the table takes the column privileges with it. Partitions and inheritance children have no privileges.
        EXECUTE format('REVOKE ALL ON TABLE %s FROM PUBLIC, %s', item.name, array_to_string(app.role_names(), ', '));
    END LOOP;

    FOR item IN SELECT p.polname, p.polrelid::regclass AS part FROM pg_policy p
                WHERE p.polname = ANY (policies) AND (p.polrelid = target
                    OR p.polrelid IN (SELECT o.part FROM app.parts_of(target) AS o (part))
                        AND p.polname IN (SELECT d.name FROM app.policy_definitions() d WHERE d.is_of_parts)) LOOP
        EXECUTE format('DROP POLICY %I ON %s', item.polname, item.part);
    END LOOP;
    FOR item IN SELECT e.* FROM app.expected_policies(target) e WHERE e.name = ANY (policies) LOOP
        EXECUTE format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', item.name, item.part,
            CASE WHEN item.is_permissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END, item.command,
                       (SELECT string_agg(quote_ident(r), ', ') FROM unnest(item.roles) AS r))
            || coalesce(' USING (' || item.condition || ')', '') || coalesce(' WITH CHECK (' || item.new_row || ')', '');
    END LOOP;

    FOR item IN SELECT e.role, array_to_string(e.privileges, ', ') AS privileges FROM app.expected_privileges(target) e LOOP
        EXECUTE format('GRANT %s ON TABLE %s TO %I', item.privileges, target, item.role);
    END LOOP;

    FOR item IN SELECT e.* FROM app.expected_triggers(target) e LOOP
        EXECUTE replace(item.definition, 'CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER');
        EXECUTE format('ALTER TABLE %s ENABLE TRIGGER %I', target, item.name);
    END LOOP;
END
$function$;

-- What the tenant guard has to know. A table with a tenant column has the policies of its kind, which the guard tells from the column; for other tables, and
-- for the privileges of memberships, it is told table by table.
CREATE OR REPLACE FUNCTION app.protection() RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
    WITH definition AS (
        SELECT t.relation, t.kind, d.* FROM app.policy_definitions() d CROSS JOIN app.protected_tables t JOIN pg_class c ON c.oid = t.relation
        WHERE (NOT d.is_of_demo OR app.demo_org_id() IS NOT NULL) AND t.kind = ANY (d.kinds))
    SELECT jsonb_build_object(
        'policies', (SELECT jsonb_agg(d) FROM (
            SELECT d.name, d.command, d.is_permissive, d.roles, d.condition, d.new_row, d.is_sealed FROM app.policy_definitions() d
            WHERE (NOT d.is_of_demo OR app.demo_org_id() IS NOT NULL) AND 'column' = ANY (d.kinds)) AS d),
        'tables', (SELECT jsonb_agg(d ORDER BY d.relation, d.name, d.is_sealed) FROM (
            SELECT d.relation::oid::bigint AS relation, d.name, d.command, d.is_permissive, d.roles, d.is_sealed,
                app.policy_condition(d.condition, d.relation, d.relation) AS condition, app.policy_condition(d.new_row, d.relation, d.relation) AS new_row
            FROM definition d WHERE d.kind IN ('parent', 'users', 'shared')) AS d),
        'privileges', (SELECT jsonb_agg(jsonb_build_object('relation', t.relation::oid::bigint, 'role', p.role, 'privileges', p.privileges)
                ORDER BY t.relation, p.role)
            FROM app.protected_tables t JOIN pg_class c ON c.oid = t.relation CROSS JOIN app.expected_privileges(t.relation) p
            WHERE p.role IN ('tenant_role', 'demo_role') AND (t.kind IN ('users', 'shared')
                OR EXISTS (SELECT FROM app.protected_tables u WHERE u.kind = 'users' AND u.parent = t.relation))),
        'triggers', (SELECT jsonb_agg(d) FROM app.trigger_definitions() d),
        'tenants', (SELECT jsonb_build_object('relation', t.relation::oid, 'tenant_column', t.tenant_column)
            FROM app.protected_tables t WHERE t.kind = 'tenants'))
$function$;

-- A guard that is on expects from now on what the registry says.
CREATE OR REPLACE FUNCTION app.tell_guard() RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF to_regprocedure('app_guard.expect(jsonb)') IS NOT NULL THEN
        PERFORM app_guard.expect(app.protection());
    END IF;
END
$function$;

-- For whoever may alter the tables; the roles of the app have no use for them.
REVOKE ALL ON FUNCTION app.protection_faults(regclass), app.apply_protection(regclass), app.protection(), app.tell_guard() FROM PUBLIC;

DO $guard$ BEGIN PERFORM app.tell_guard(); END $guard$;

RESET ROLE;
