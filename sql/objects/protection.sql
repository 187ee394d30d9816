-- What a protected table has: its policies, privileges and triggers, as data. app.protect_table applies them; upgrades and the seal apply them again; the
-- tenant guard holds tables to them.
SET ROLE app_owner;

-- {} is the tenant column, {owner} the role that owns the table. is_of_demo: only where there is a demo. is_sealed: only where contexts are sealed, only where
-- they are not, or null: always. Conditions stand as PostgreSQL prints them, so that they can be compared with what a table has. (SELECT ..) makes an InitPlan:
-- evaluated once a statement, not once a row.
DROP FUNCTION IF EXISTS app.policy_definitions(), app.expected_policies(regclass), app.protection_faults(regclass); -- of a version with other columns
CREATE FUNCTION app.policy_definitions()
    RETURNS TABLE (name text, command text, is_permissive boolean, roles text[], condition text, new_row text, is_sealed boolean, is_of_demo boolean)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT d.name, d.command, d.is_permissive, d.roles, replace(d.condition, '{demo}', demo), replace(d.new_row, '{demo}', demo), d.is_sealed,
        d.name LIKE 'demo\_%'
    FROM (VALUES ('( SELECT app.demo_org_id() AS demo_org_id)',
                  '(({} = ( SELECT app.current_org_id() AS current_org_id WHERE (current_setting(''role''::text) <> ''demo_role''::text)))')) AS f (demo, own)
    CROSS JOIN LATERAL (VALUES
        ('tenant_isolation', 'ALL', true, ARRAY['tenant_role'],
            '({} = ( SELECT app.current_org_id() AS current_org_id))', '({} = ( SELECT app.current_org_id() AS current_org_id))', false),
        -- The view is the quicker way to ask for the seal.
        ('tenant_isolation', 'ALL', true, ARRAY['tenant_role'],
            '({} = ( SELECT c.tenant_org_id FROM app_seal.context c))', '({} = ( SELECT c.tenant_org_id FROM app_seal.context c))', true),
        ('admin_access', 'ALL', true, ARRAY['admin_role'], 'true', 'true', NULL),
        ('demo_read_only', 'SELECT', true, ARRAY['demo_role'], '({} = {demo})', NULL, NULL),
        -- Restrictive policies are ANDed. A permissive ban would let every tenant insert into every other.
        ('demo_no_writes_insert', 'INSERT', false, ARRAY['demo_role', 'tenant_role'], NULL, '({} <> {demo})', NULL),
        ('demo_no_writes_update', 'UPDATE', false, ARRAY['demo_role', 'tenant_role'], '({} <> {demo})', '({} <> {demo})', NULL),
        ('demo_no_writes_delete', 'DELETE', false, ARRAY['demo_role', 'tenant_role'], '({} <> {demo})', NULL, NULL),
        -- app.in_maintenance() says what the owner sees, and why. A demo reads, so that its rows have a policy of their own.
        ('owner_maintenance', 'ALL', true, ARRAY['{owner}'], own || ' OR ( SELECT app.in_maintenance() AS in_maintenance))',
            own || ' OR ( SELECT app.in_maintenance() AS in_maintenance))', NULL),
        ('demo_read_by_owner', 'SELECT', true, ARRAY['{owner}'], replace(substr(own, 2), '<>', '='), NULL, NULL),
        ('context_sealed', 'ALL', false, ARRAY['admin_role', 'demo_role'], '( SELECT app.context_holds() AS context_holds)', NULL, true)
    ) AS d (name, command, is_permissive, roles, condition, new_row, is_sealed)
$function$;

-- To erase an organization is an admin's act, with a reason on record: no tenant deletes its own row of the tenants' table. No TRUNCATE, REFERENCES or TRIGGER:
-- they do not ask the policies. The other roles of app.role_names(), and PUBLIC, have none.
CREATE OR REPLACE FUNCTION app.privilege_definitions() RETURNS TABLE (role text, privileges text[], kind text)
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
    VALUES ('tenant_role', ARRAY['SELECT', 'INSERT', 'UPDATE'], 'tenants'),
           ('tenant_role', ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'], 'column'),
           ('admin_role', ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'], NULL),
           ('demo_role', ARRAY['SELECT'], NULL)
$function$;

-- On the tenants' table; {} is its name, {id} its column. As PostgreSQL prints them.
CREATE OR REPLACE FUNCTION app.trigger_definitions() RETURNS TABLE (name text, definition text)
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT d.name, format('CREATE TRIGGER %s BEFORE %s EXECUTE FUNCTION app.keep_organization()', d.name, d.event)
    FROM (VALUES ('keep_organization_row', 'DELETE ON {} FOR EACH ROW'),
                 ('keep_organization_id', 'UPDATE OF {id} ON {} FOR EACH ROW WHEN ((new.{id} <> old.{id}))'),
                 ('keep_organizations', 'TRUNCATE ON {} FOR EACH STATEMENT')) AS d (name, event)
$function$;

-- A table, its partitions and its inheritance children, at every level.
CREATE OR REPLACE FUNCTION app.parts_of(target regclass) RETURNS SETOF regclass
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
    WITH RECURSIVE part (oid) AS (SELECT target::oid UNION SELECT i.inhrelid FROM part JOIN pg_inherits i ON i.inhparent = part.oid)
    SELECT part.oid::regclass FROM part
$function$;

-- The sequences of a table's columns: of a serial column ('a'), which draws its number with the rights of the caller, or of an identity column ('i').
CREATE OR REPLACE FUNCTION app.sequences_of(target regclass) RETURNS TABLE (sequence regclass, deptype "char")
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT d.objid::regclass, d.deptype FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
    WHERE d.refclassid = 'pg_class'::regclass AND d.classid = 'pg_class'::regclass AND d.refobjid = target AND d.deptype IN ('a', 'i')
$function$;

-- A column as pg_get_expr prints it where it is compared with a tenant id: with a cast to the type of these ids where it is a domain, or varchar.
CREATE OR REPLACE FUNCTION app.comparable_column(target regclass, column_name name) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE WHEN t.typtype = 'd' OR t.oid = 'varchar'::regtype THEN format('(%I)::%s', a.attname, format_type(k.typbasetype, NULL))
        ELSE quote_ident(a.attname) END
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_type k ON k.oid = 'app.tenant_id'::regtype
    WHERE a.attrelid = target AND a.attname = column_name
$function$;

-- The privileges that a registered table has to give. Where there is no demo, its role has none.
CREATE OR REPLACE FUNCTION app.expected_privileges(target regclass) RETURNS TABLE (role text, privileges text[])
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT d.role, d.privileges FROM app.privilege_definitions() d JOIN app.protected_tables t ON t.kind = coalesce(d.kind, t.kind)
    WHERE t.relation = target AND (d.role <> 'demo_role' OR app.demo_org_id() IS NOT NULL)
$function$;

-- The policies that a registered table has to have. Its partitions and inheritance children answer a direct query with policies of their own: they have none
-- but the owner's.
CREATE FUNCTION app.expected_policies(target regclass)
    RETURNS TABLE (part regclass, name text, command text, is_permissive boolean, roles text[], condition text, new_row text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT p.oid, d.name, d.command, d.is_permissive, array_replace(d.roles, '{owner}', pg_get_userbyid(p.relowner)::text),
        replace(d.condition, '{}', c.tenant_column), replace(d.new_row, '{}', c.tenant_column)
    FROM app.protected_tables t CROSS JOIN app.policy_definitions() d CROSS JOIN app.parts_of(t.relation) AS o (part) JOIN pg_class p ON p.oid = o.part
    CROSS JOIN LATERAL app.comparable_column(p.oid, t.tenant_column) AS c (tenant_column)
    WHERE t.relation = target AND d.is_sealed IS DISTINCT FROM (to_regclass('app_seal.context') IS NULL)
        AND (NOT d.is_of_demo OR app.demo_org_id() IS NOT NULL) AND (p.oid = target OR d.name = 'owner_maintenance')
$function$;

-- The triggers that a registered table has to have.
CREATE OR REPLACE FUNCTION app.expected_triggers(target regclass) RETURNS TABLE (name text, definition text)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT d.name, replace(replace(d.definition, '{}', format('%I.%I', n.nspname, c.relname)), '{id}', quote_ident(t.tenant_column))
    FROM app.protected_tables t JOIN pg_class c ON c.oid = t.relation JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN app.trigger_definitions() d
    WHERE t.relation = target AND t.kind = 'tenants'
$function$;

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
        WHERE p.polname::text IN (SELECT d.name FROM app.policy_definitions() d WHERE NOT part.is_child OR d.name = 'owner_maintenance')),
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
            a.privilege_type || ' (' || (c.attname::text COLLATE "C") || ')', a.is_grantable
        FROM pg_attribute c CROSS JOIN aclexplode(c.attacl) a WHERE c.attrelid = target),
    granted (role, privilege) AS (
        SELECT e.role, unnest(e.privileges) FROM app.expected_privileges(target) e)
    SELECT NULL, format('row-level security of %s is not enabled and forced', c.oid::regclass)
    FROM part JOIN pg_class c ON c.oid = part.oid WHERE NOT (c.relrowsecurity AND c.relforcerowsecurity)
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
    SELECT c.relowner INTO item FROM pg_class c WHERE c.oid = target;
    IF NOT pg_has_role(item.relowner, 'USAGE') THEN
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
                WHERE p.polrelid = target AND p.polname = ANY (policies)
                    OR p.polname = 'owner_maintenance' AND p.polname = ANY (policies)
                        AND p.polrelid IN (SELECT o.part FROM app.parts_of(target) AS o (part)) LOOP
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

-- What the tenant guard has to know.
CREATE OR REPLACE FUNCTION app.protection() RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT jsonb_build_object(
        'policies', (SELECT jsonb_agg(d) FROM app.policy_definitions() d WHERE NOT d.is_of_demo OR app.demo_org_id() IS NOT NULL),
        'triggers', (SELECT jsonb_agg(d) FROM app.trigger_definitions() d),
        'tenants', (SELECT jsonb_build_object('relation', t.relation::oid, 'tenant_column', t.tenant_column)
            FROM app.protected_tables t WHERE t.kind = 'tenants'))
$function$;

-- For whoever may alter the tables; the roles of the app have no use for them.
REVOKE ALL ON FUNCTION app.policy_definitions(), app.privilege_definitions(), app.trigger_definitions(), app.parts_of(regclass),
    app.sequences_of(regclass), app.comparable_column(regclass, name), app.expected_privileges(regclass), app.expected_policies(regclass),
    app.expected_triggers(regclass), app.protection_faults(regclass),
    app.apply_protection(regclass),
    app.protection() FROM PUBLIC;

DO $guard$
BEGIN
    IF to_regprocedure('app_guard.expect(jsonb)') IS NOT NULL THEN
        PERFORM app_guard.expect(app.protection());
    END IF;
END
$guard$;

RESET ROLE;
