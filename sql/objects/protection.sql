-- What a protected table has: its policies, privileges and triggers, as data. app.protect_table applies them; upgrades and the seal apply them again; the
-- tenant guard holds tables to them.
SET ROLE app_owner;

-- {} is the tenant column, {row} the condition that the parent's row is visible, {owner} the role that owns the table. kinds: of which tables
-- (app.protected_tables). is_sealed: only where contexts are sealed, only where they are not, or null: always. is_of_parts: also on partitions and inheritance
-- children. Conditions stand as PostgreSQL prints them, so that they can be compared with what a table has. (SELECT ..) makes an InitPlan: evaluated once a
-- statement, not once a row.
DROP FUNCTION IF EXISTS app.policy_definitions(), app.expected_policies(regclass); -- of a version with other columns
CREATE FUNCTION app.policy_definitions()
    RETURNS TABLE (kinds text[], name text, command text, is_permissive boolean, roles text[], condition text, new_row text, is_sealed boolean,
                   is_of_demo boolean, is_of_parts boolean)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT d.kinds, d.name, d.command, d.is_permissive, d.roles, replace(d.condition, '{demo}', demo), replace(d.new_row, '{demo}', demo), d.is_sealed,
        d.name LIKE 'demo\_%', d.name IN ('owner_maintenance', 'owner_access')
    FROM (VALUES (ARRAY['tenants', 'column'], ARRAY['parent'], ARRAY['users'], ARRAY['shared'],
                  '( SELECT app.demo_org_id() AS demo_org_id)',
                  '( SELECT app.current_org_id() AS current_org_id)',
                  '({} = ( SELECT app.current_org_id() AS current_org_id WHERE (current_setting(''role''::text) <> ''demo_role''::text)))',
                  '({row} AND (( SELECT current_setting(''role''::text) AS current_setting) <> ''demo_role''::text))',
                  '( SELECT app.in_maintenance() AS in_maintenance)'))
        AS f (own, child, users, shared, demo, current, of_owner, of_owner_by_parent, maintenance)
    CROSS JOIN LATERAL (VALUES
        (own, 'tenant_isolation', 'ALL', true, ARRAY['tenant_role'], '({} = ' || current || ')', '({} = ' || current || ')', false),
        -- The view is the quicker way to ask for the seal.
        (own, 'tenant_isolation', 'ALL', true, ARRAY['tenant_role'],
            '({} = ( SELECT c.tenant_org_id FROM app_seal.context c))', '({} = ( SELECT c.tenant_org_id FROM app_seal.context c))', true),
        -- The policies of the parent apply to the sub-select, for the same role.
        (child, 'tenant_isolation', 'ALL', true, ARRAY['tenant_role'], '{row}', '{row}', NULL),
        (users, 'tenant_isolation', 'SELECT', true, ARRAY['tenant_role'], '{row}', NULL, NULL),
        (users, 'own_user', 'SELECT', true, ARRAY['tenant_role'], '({user} = ( SELECT app.current_user_id() AS current_user_id))', NULL, NULL),
        (shared, 'shared_read', 'SELECT', true, ARRAY['demo_role', 'tenant_role'], 'true', NULL, NULL),
        (own || child || users || shared, 'admin_access', 'ALL', true, ARRAY['admin_role'], 'true', 'true', NULL),
        (own, 'demo_read_only', 'SELECT', true, ARRAY['demo_role'], '({} = {demo})', NULL, NULL),
        (child || users, 'demo_read_only', 'SELECT', true, ARRAY['demo_role'], '{row}', NULL, NULL),
        -- Restrictive policies are ANDed. A permissive ban would let every tenant insert into every other.
        (own, 'demo_no_writes_insert', 'INSERT', false, ARRAY['demo_role', 'tenant_role'], NULL, '({} <> {demo})', NULL),
        (own, 'demo_no_writes_update', 'UPDATE', false, ARRAY['demo_role', 'tenant_role'], '({} <> {demo})', '({} <> {demo})', NULL),
        (own, 'demo_no_writes_delete', 'DELETE', false, ARRAY['demo_role', 'tenant_role'], '({} <> {demo})', NULL, NULL),
        (child, 'demo_no_writes_insert', 'INSERT', false, ARRAY['demo_role', 'tenant_role'], NULL, '(' || current || ' <> {demo})', NULL),
        (child, 'demo_no_writes_update', 'UPDATE', false, ARRAY['demo_role', 'tenant_role'],
            '(' || current || ' <> {demo})', '(' || current || ' <> {demo})', NULL),
        (child, 'demo_no_writes_delete', 'DELETE', false, ARRAY['demo_role', 'tenant_role'], '(' || current || ' <> {demo})', NULL, NULL),
        -- app.in_maintenance() says what the owner sees, and why. A demo reads, so that its rows have a policy of their own.
        (own, 'owner_maintenance', 'ALL', true, ARRAY['{owner}'],
            '(' || of_owner || ' OR ' || maintenance || ')', '(' || of_owner || ' OR ' || maintenance || ')', NULL),
        (child || users, 'owner_maintenance', 'ALL', true, ARRAY['{owner}'],
            '(' || of_owner_by_parent || ' OR ' || maintenance || ')', '(' || of_owner_by_parent || ' OR ' || maintenance || ')', NULL),
        (own, 'demo_read_by_owner', 'SELECT', true, ARRAY['{owner}'], replace(of_owner, '<>', '='), NULL, NULL),
        (child || users, 'demo_read_by_owner', 'SELECT', true, ARRAY['{owner}'], replace(of_owner_by_parent, '<>', '='), NULL, NULL),
        -- Its rows belong to no tenant: migrations write them without a maintenance.
        (shared, 'owner_access', 'ALL', true, ARRAY['{owner}'], 'true', 'true', NULL),
        (own || child || users || shared, 'context_sealed', 'ALL', false, ARRAY['admin_role', 'demo_role'],
            '( SELECT app.context_holds() AS context_holds)', NULL, true)
    ) AS d (kinds, name, command, is_permissive, roles, condition, new_row, is_sealed)
$function$;

DROP FUNCTION IF EXISTS app.privilege_definitions(), app.comparable_column(regclass, name); -- of an earlier version

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

-- A column as pg_get_expr prints it in a comparison: with a cast to the base type where it is a domain, or varchar.
CREATE OR REPLACE FUNCTION app.printed_column(target regclass, column_name name, qualifier text DEFAULT '') RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE WHEN 'varchar'::regtype IN (t.oid, t.typbasetype) THEN format('(%s%I)::text', qualifier, a.attname)
        WHEN t.typtype = 'd' THEN format('(%s%I)::%s', qualifier, a.attname, format_type(t.typbasetype, NULL))
        ELSE format('%s%I', qualifier, a.attname) END
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = target AND a.attname = column_name
$function$;

-- The columns by which a row of a registered table finds its parent, or a row of users its memberships; none where the foreign key is gone.
CREATE OR REPLACE FUNCTION app.parent_columns(target regclass) RETURNS TABLE (place bigint, parent_column name, own_column name)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT c.place, CASE WHEN t.kind = 'parent' THEN r.attname ELSE f.attname END, CASE WHEN t.kind = 'parent' THEN f.attname ELSE r.attname END
    FROM app.protected_tables t
    CROSS JOIN LATERAL (SELECT CASE WHEN t.kind = 'parent' THEN t.relation ELSE t.parent END AS referencing,
                               CASE WHEN t.kind = 'parent' THEN t.parent ELSE t.relation END AS referenced) AS o
    CROSS JOIN LATERAL (
        SELECT k.conkey, k.confkey FROM pg_constraint k
        WHERE k.contype = 'f' AND k.conrelid = o.referencing AND k.confrelid = o.referenced
            AND k.convalidated AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true) -- from 18 on
            AND ARRAY(SELECT a.attname FROM unnest(k.conkey) WITH ORDINALITY AS c (number, place)
                      JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.number ORDER BY c.place) = t.parent_key
        ORDER BY k.oid LIMIT 1) AS k
    CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS c (number, referenced, place)
    JOIN pg_attribute f ON f.attrelid = o.referencing AND f.attnum = c.number
    JOIN pg_attribute r ON r.attrelid = o.referenced AND r.attnum = c.referenced
    WHERE t.relation = target AND t.kind IN ('parent', 'users')
$function$;

-- The condition that a row's parent is visible, as pg_get_expr prints it for the policies of a part; NULL where the foreign key is gone.
CREATE OR REPLACE FUNCTION app.parent_condition(target regclass, part regclass) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT format('(EXISTS ( SELECT FROM %I.%I parent_row WHERE %s))', n.nspname, c.relname, k.condition)
    FROM app.protected_tables t JOIN pg_class c ON c.oid = t.parent JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (
        SELECT CASE WHEN count(*) = 1 THEN min(e.equality) ELSE '(' || string_agg(e.equality, ' AND ' ORDER BY e.place) || ')' END AS condition
        FROM app.parent_columns(target) k
        JOIN pg_class o ON o.oid = part
        CROSS JOIN LATERAL (SELECT k.place, format('(%s = %s)', app.printed_column(t.parent, k.parent_column, 'parent_row.'),
            app.printed_column(part, k.own_column, quote_ident(o.relname) || '.')) AS equality) AS e) AS k
    WHERE t.relation = target
$function$;

-- A condition of app.policy_definitions() for a part of a registered table.
CREATE OR REPLACE FUNCTION app.policy_condition(template text, target regclass, part regclass) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE WHEN t.parent IS NULL THEN replace(template, '{}', coalesce(app.printed_column(part, t.tenant_column), ''))
        ELSE replace(replace(template, '{row}', coalesce(app.parent_condition(target, part), 'false')), '{user}', coalesce((
            SELECT CASE a.atttypid WHEN 'text'::regtype THEN quote_ident(a.attname) ELSE format('(%I)::text', a.attname) END
            FROM app.parent_columns(target) k JOIN pg_attribute a ON a.attrelid = part AND a.attname = k.own_column), 'NULL')) END
    FROM app.protected_tables t WHERE t.relation = target
$function$;

-- The privileges that a registered table has to give; to a role of app.role_names() that is not here, and to PUBLIC, none. No TRUNCATE, REFERENCES or TRIGGER:
-- they do not ask the policies.
CREATE OR REPLACE FUNCTION app.expected_privileges(target regclass) RETURNS TABLE (role text, privileges text[])
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT d.role, d.privileges
    FROM app.protected_tables t
    CROSS JOIN LATERAL (
        SELECT ARRAY(SELECT format('SELECT (%I)', c) FROM unnest(t.columns) AS c) AS readable,
            -- The columns of memberships that say whose they are.
            (SELECT array_agg(k) FROM app.protected_tables u CROSS JOIN unnest(u.parent_key) AS k WHERE u.kind = 'users' AND u.parent = t.relation) AS user_key
    ) AS o
    CROSS JOIN LATERAL (
        SELECT ARRAY['SELECT', 'DELETE'] || ARRAY(
            SELECT format('UPDATE (%I)', a.attname) FROM pg_attribute a
            WHERE a.attrelid = t.relation AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attname <> ALL (o.user_key || t.tenant_column)
            ORDER BY a.attnum) AS of_memberships
        WHERE o.user_key IS NOT NULL
        UNION ALL SELECT NULL WHERE o.user_key IS NULL
    ) AS m
    CROSS JOIN LATERAL (VALUES
        ('tenant_role', CASE
            -- To erase an organization is an admin's act, with a reason on record: no tenant deletes its own row of the tenants' table.
            WHEN t.kind = 'tenants' THEN ARRAY['SELECT', 'INSERT', 'UPDATE']
            WHEN t.kind = 'users' THEN o.readable
            WHEN t.kind = 'shared' THEN ARRAY['SELECT']
            -- Whoever can write a membership can read any user.
            ELSE coalesce(m.of_memberships, ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) END),
        ('admin_role', ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']),
        ('demo_role', CASE t.kind WHEN 'users' THEN o.readable ELSE ARRAY['SELECT'] END)
    ) AS d (role, privileges)
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
        app.policy_condition(d.condition, target, p.oid), app.policy_condition(d.new_row, target, p.oid)
    FROM app.protected_tables t JOIN app.policy_definitions() d ON t.kind = ANY (d.kinds)
    CROSS JOIN app.parts_of(t.relation) AS o (part) JOIN pg_class p ON p.oid = o.part
    WHERE t.relation = target AND d.is_sealed IS DISTINCT FROM (to_regclass('app_seal.context') IS NULL)
        AND (NOT d.is_of_demo OR app.demo_org_id() IS NOT NULL) AND (p.oid = target OR d.is_of_parts)
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

-- For whoever may alter the tables; the roles of the app have no use for them.
REVOKE ALL ON FUNCTION app.policy_definitions(), app.trigger_definitions(), app.parts_of(regclass), app.sequences_of(regclass),
    app.printed_column(regclass, name, text), app.parent_columns(regclass), app.parent_condition(regclass, regclass),
    app.policy_condition(text, regclass, regclass), app.expected_privileges(regclass), app.expected_policies(regclass), app.expected_triggers(regclass)
    FROM PUBLIC;

-- A guard that is on expects from now on what these definitions say; a new database has not come to objects/apply_protection.sql yet.
DO $guard$ BEGIN IF to_regprocedure('app.tell_guard()') IS NOT NULL THEN PERFORM app.tell_guard(); END IF; END $guard$;

RESET ROLE;
