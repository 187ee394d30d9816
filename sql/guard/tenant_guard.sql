-- The tenant guard, which a host turns on: an event trigger that refuses, at commit, whatever leaves a table unsafe for its tenants.
--   on:    SchemaMigratorOptions.Guard, or this file in psql, as a superuser after the others (psql -v guard=1 -f sql/apply.sql). Once on it stays on, and
--          gets its newer text with each upgrade, which takes a superuser then
--   off:   DROP EVENT TRIGGER tenant_guard; DROP SCHEMA app_guard CASCADE;
--   allow: SELECT app_guard.allow('public.countries', 'the same for every tenant');   -- as app_owner, before or after (allowlist.sql)
-- It holds for superusers too, and in sessions with session_replication_role = replica. It does not see: roles and memberships, ALTER ROLE or DATABASE .. SET,
-- REASSIGN OWNED (no event trigger fires for them), tables that ALTER EXTENSION .. ADD gives to an extension, catalogs changed by hand, and what happens while
-- a superuser has it disabled: its event trigger, the trigger of app_guard.pending, its functions, or event_triggers = off (17 and later). The audit (sme-data
-- audit) tells of a guard that is disabled and of what came about that way, and the next migration is refused until that is mended.

-- What this file does itself is judged at its end.
DROP EVENT TRIGGER IF EXISTS tenant_guard;

-- What the policies ask, what a host asks ahead of COMMIT, and what keeps organizations. A change of these functions, or of the views of a sealed context,
-- would change them all.
CREATE TABLE IF NOT EXISTS app_guard.pinned (
    function   text PRIMARY KEY, -- its name: pg_upgrade takes no database with columns of type regprocedure
    definition text NOT NULL
);

CREATE OR REPLACE FUNCTION app_guard.definition_of(name text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE WHEN name LIKE '%)' THEN pg_get_functiondef(to_regprocedure(name))
        ELSE format('CREATE OR REPLACE VIEW %s AS%s', name, pg_get_viewdef(to_regclass(name))) END;
$function$;

INSERT INTO app_guard.pinned SELECT f, app_guard.definition_of(f)
FROM (SELECT format('%I.%I(%s)', n.nspname, p.proname, replace(oidvectortypes(p.proargtypes), ', ', ','))
      FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
      WHERE (n.nspname, p.proname, oidvectortypes(p.proargtypes)) IN (('app', 'current_org_id', ''), ('app', 'demo_org_id', ''), ('app', 'context_holds', ''),
          ('app', 'require_context', 'text, name, text, text[]'),
          ('app', 'current_user_id', ''), ('app', 'current_roles', ''), ('app', 'in_maintenance', ''),
          ('app', 'keep_organization', ''), ('app', 'keep_policies', ''), ('app_seal', 'refuse', ''), ('app_seal', 'admits_entry', 'text'))
      UNION ALL SELECT format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE (n.nspname, c.relname) IN (('app_seal', 'context'), ('app_seal', 'valid_token'), ('app_seal', 'identity'))) AS v (f)
ON CONFLICT (function) DO NOTHING;

-- What app.protection() said when the guard was turned on, and later: the policies, and the tenants' table. The guard calls no function and reads no table of
-- app_owner, whose code would then run with the guard's rights. The last two are kept while tables are brought to new policies
-- one by one.
CREATE TABLE IF NOT EXISTS app_guard.expected (
    id         int   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    protection jsonb NOT NULL
);

-- One row while a transaction that changed a schema is open: its deferred trigger is the check at commit.
CREATE TABLE IF NOT EXISTS app_guard.pending (transaction_id xid8 PRIMARY KEY);

DO $type$ BEGIN
    IF to_regtype('app_guard.fault') IS NULL THEN
        CREATE TYPE app_guard.fault AS (object text, fault text, fix text);
    END IF;
END $type$;

-- For the migration that changes one of these on purpose, and after an upgrade of the server that prints them otherwise.
DROP FUNCTION IF EXISTS app_guard.pin(regprocedure);
CREATE OR REPLACE FUNCTION app_guard.pin(name text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $function$
    INSERT INTO app_guard.pinned SELECT n, app_guard.definition_of(n)
    FROM (SELECT CASE WHEN name LIKE '%)' THEN name::regprocedure::text ELSE name::regclass::text END) AS v (n)
    ON CONFLICT (function) DO UPDATE SET definition = excluded.definition;
$function$;

-- For the migration that changes the policies, or the tenants' table.
CREATE OR REPLACE FUNCTION app_guard.expect(protection jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $function$
    INSERT INTO app_guard.expected (protection)
    SELECT expect.protection WHERE expect.protection IS DISTINCT FROM (SELECT e.protection FROM app_guard.expected e ORDER BY e.id DESC LIMIT 1);
    DELETE FROM app_guard.expected e WHERE e.id < (SELECT min(l.id) FROM (SELECT n.id FROM app_guard.expected n ORDER BY n.id DESC LIMIT 2) l);
$function$;

-- Everything that is wrong now, of all schemas but PostgreSQL's own and the guard's, without what belongs to an extension.
DROP FUNCTION IF EXISTS app_guard.faults();
CREATE OR REPLACE FUNCTION app_guard.faults(only_newest boolean DEFAULT false) RETURNS TABLE (object text, fault text, fix text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $function$
WITH
schema AS MATERIALIZED (
    SELECT n.oid, n.nspname, n.nspacl FROM pg_namespace n
    WHERE n.nspname <> ALL ('{pg_catalog,information_schema,app_guard}') AND n.nspname !~ '^pg_(toast|temp)'),
-- What a request of the app is, or can become by SET ROLE.
app AS MATERIALIZED (
    SELECT 0::oid AS oid UNION ALL SELECT r.oid FROM pg_roles r WHERE pg_has_role('app_user', r.oid, 'MEMBER')),
-- And of its operators, who have privileges only as admin_role, which leaves an entry in the log.
judged AS MATERIALIZED (
    SELECT app.oid FROM app UNION SELECT r.oid FROM pg_roles r WHERE pg_has_role('admin_user', r.oid, 'MEMBER')),
relation AS MATERIALIZED (
    SELECT c.oid, format('%I.%I', s.nspname, c.relname) AS name, c.relkind, c.relowner, c.relacl, c.reloptions, c.relrowsecurity, c.relforcerowsecurity,
        -- the journal of the migrations, which may come after the guard, and the keys of the seal
        (s.nspname, c.relname) IN (('app', 'schema_migrations'), ('app_seal', 'keys'))
            AND NOT EXISTS (SELECT FROM aclexplode(c.relacl) a JOIN judged ON judged.oid = a.grantee)
        OR c.relkind = 'v' AND EXISTS (SELECT FROM app_guard.pinned p WHERE p.function = format('%I.%I', s.nspname, c.relname))
        OR EXISTS (SELECT FROM app_guard.allowlist a WHERE a.relation = c.oid OR c.relispartition AND NOT c.relrowsecurity
            AND a.relation = pg_partition_root(c.oid)) AS allowed,
        -- Rows of its root, which is judged: whoever asks the root meets the policies of the root alone.
        c.relispartition AND NOT EXISTS (SELECT FROM app_guard.allowlist a WHERE a.relation = pg_partition_root(c.oid)) AS tenant_partition,
        EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid) AS child
    FROM pg_class c JOIN schema s ON s.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')),
-- Roles that read or write all tables without being granted any: where the app is one, only row-level security of its own closes a partition.
reads_all AS MATERIALIZED (SELECT FROM judged WHERE judged.oid IN ('pg_read_all_data'::regrole, 'pg_write_all_data'::regrole)),
granted AS MATERIALIZED (
    SELECT r.oid, a.grantee, a.privilege_type, a.privilege_type AS privilege, a.is_grantable FROM relation r CROSS JOIN aclexplode(r.relacl) a
    UNION ALL
    SELECT r.oid, a.grantee, a.privilege_type, format('%s (%I)', a.privilege_type, c.attname), a.is_grantable
    FROM relation r JOIN pg_attribute c ON c.attrelid = r.oid AND c.attacl IS NOT NULL
        CROSS JOIN aclexplode(c.attacl) a),
own (sealed) AS MATERIALIZED (SELECT EXISTS (SELECT FROM relation r WHERE r.name = 'app_seal.context')),
-- {} is the tenant column, {owner} the role that owns the table. relation: of this table alone, and without {}; null: of tables with a tenant column.
expected AS MATERIALIZED (
    SELECT e.id AS version, d.relation::oid, d.name::name, d.command, d.is_permissive,
        ARRAY(SELECT r COLLATE "C" FROM unnest(d.roles) AS r ORDER BY 1) AS roles, d.condition, d.new_row
    FROM app_guard.expected e CROSS JOIN own
    CROSS JOIN jsonb_to_recordset((e.protection -> 'policies') || coalesce(nullif(e.protection -> 'tables', 'null'), '[]'))
        AS d (relation bigint, name text, command text, is_permissive boolean, roles text[], condition text, new_row text, is_sealed boolean)
    WHERE d.is_sealed IS DISTINCT FROM NOT own.sealed
      AND (NOT only_newest OR e.id = (SELECT max(n.id) FROM app_guard.expected n))),
-- What tenants and the demo may do with tables that they may not write as they like.
permitted AS MATERIALIZED (
    SELECT e.id AS version, p.relation::oid, p.role, p.privileges FROM app_guard.expected e
    CROSS JOIN jsonb_to_recordset(coalesce(nullif(e.protection -> 'privileges', 'null'), '[]')) AS p (relation bigint, role text, privileges text[])
    WHERE NOT only_newest OR e.id = (SELECT max(n.id) FROM app_guard.expected n)),
newest AS MATERIALIZED (SELECT e.protection FROM app_guard.expected e ORDER BY e.id DESC LIMIT 1),
tenants AS MATERIALIZED (
    SELECT r.oid, r.name, r.relkind, n.protection -> 'tenants' ->> 'tenant_column' AS id
    FROM newest n JOIN relation r ON r.oid = (n.protection -> 'tenants' ->> 'relation')::oid),
policy AS MATERIALIZED (
    SELECT p.polrelid, p.polname, p.polcmd, p.polpermissive, p.polroles,
        CASE p.polcmd WHEN '*' THEN 'ALL' WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' ELSE 'DELETE' END AS command,
        ARRAY(SELECT pg_get_userbyid(r)::text COLLATE "C" FROM unnest(p.polroles) AS r ORDER BY 1) AS roles,
        regexp_replace(pg_get_expr(p.polqual, p.polrelid), '\s+', ' ', 'g') AS condition,
        regexp_replace(pg_get_expr(p.polwithcheck, p.polrelid), '\s+', ' ', 'g') AS new_row
    FROM pg_policy p WHERE p.polrelid IN (SELECT r.oid FROM relation r)),
-- A domain cannot be given another type.
tenant_type AS MATERIALIZED (SELECT d.typbasetype AS oid FROM pg_type d WHERE d.oid = to_regtype('app.tenant_id')),
tenant_column AS MATERIALIZED (
    SELECT DISTINCT p.polrelid, a.attname, i.ident
    FROM policy p JOIN pg_attribute a ON a.attrelid = p.polrelid AND a.attnum > 0 AND a.attnotnull
    JOIN pg_type t ON t.oid = a.atttypid
    JOIN tenant_type k ON k.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
        OR k.oid = 'bigint'::regtype AND t.oid IN ('integer'::regtype, 'smallint'::regtype) OR k.oid = 'text'::regtype AND t.oid = 'varchar'::regtype
    -- As pg_get_expr prints the column: app.printed_column says the same.
    CROSS JOIN LATERAL (SELECT CASE WHEN t.typtype = 'd' OR t.oid = 'varchar'::regtype THEN format('(%I)::%s', a.attname, format_type(k.oid, NULL))
                            ELSE quote_ident(a.attname) END) AS i (ident)
    JOIN expected e ON e.relation IS NULL AND e.name = 'tenant_isolation' AND p.condition = replace(e.condition, '{}', i.ident)
    WHERE p.polname = 'tenant_isolation'),
as_expected AS MATERIALIZED (
    SELECT p.polrelid
    FROM policy p LEFT JOIN tenant_column t ON t.polrelid = p.polrelid JOIN relation r ON r.oid = p.polrelid
    JOIN expected e ON e.name = p.polname AND (e.relation = p.polrelid OR e.relation IS NULL AND t.ident IS NOT NULL)
    WHERE p.command = e.command AND p.polpermissive = e.is_permissive
      AND p.roles = array_replace(e.roles, '{owner}', pg_get_userbyid(r.relowner)::text COLLATE "C")
      AND p.condition IS NOT DISTINCT FROM CASE WHEN e.relation IS NULL THEN replace(e.condition, '{}', t.ident) ELSE e.condition END
      AND p.new_row IS NOT DISTINCT FROM CASE WHEN e.relation IS NULL THEN replace(e.new_row, '{}', t.ident) ELSE e.new_row END
    GROUP BY p.polrelid, e.version, e.relation
    HAVING count(*) = (SELECT count(*) FROM expected a WHERE a.version = e.version AND a.relation IS NOT DISTINCT FROM e.relation)),
function AS MATERIALIZED (
    SELECT p.oid::regprocedure AS name, CASE WHEN p.prokind = 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS kind, p.proconfig,
        o.rolsuper OR o.rolbypassrls OR pg_has_role(o.oid, 'admin_role', 'USAGE') AS bypasses, p.prosecdef, p.proleakproof,
        EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a JOIN app ON app.oid = a.grantee) AS called
    FROM pg_proc p JOIN schema s ON s.oid = p.pronamespace JOIN pg_roles o ON o.oid = p.proowner
    WHERE (p.prosecdef OR p.proleakproof)
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')),
pinned AS MATERIALIZED (
    SELECT p.oid, p.proname, p.pronamespace, p.proowner, i.function FROM app_guard.pinned i
    JOIN pg_proc p ON p.oid = CASE WHEN i.function LIKE '%)' THEN to_regprocedure(i.function) END),
-- Policies of the log of admin contexts, as sql/objects/admin_access_log.sql makes them.
of_log (policies) AS (VALUES (ARRAY['admins_add a {admin_role}  app_seal.admits_entry(actor)', 'admins_read r {admin_role} true ']))

-- tables
SELECT r.name, CASE
        WHEN NOT r.relrowsecurity THEN 'row-level security is not enabled'
        WHEN NOT r.relforcerowsecurity THEN 'row-level security is not forced upon its owner'
        WHEN NOT r.child THEN 'its tenant column or its policies are not as app.protect_table makes them'
        ELSE 'its parent is unprotected' END,
    CASE WHEN r.child THEN format('SELECT app.protect_table(%L); -- the parent''s name', r.name)
         WHEN EXISTS (SELECT FROM expected e WHERE e.relation = r.oid) THEN
             format('SELECT app.apply_protection(%L); -- or, where it or its parent is renamed, in the same transaction: SELECT app.tell_guard();', r.name)
         ELSE format('SELECT app.protect_table(%L%s); -- or, if it belongs to no tenant: SELECT app_guard.allow(%1$L, ''why'');', r.name,
             ', ' || quote_literal(t.attname)) END
FROM relation r LEFT JOIN tenant_column t ON t.polrelid = r.oid
WHERE r.relkind IN ('r', 'p') AND NOT r.allowed
  -- A partition that nobody of the app is granted (the grants are judged below) needs no policies of its own.
  AND ((NOT r.relrowsecurity OR NOT r.relforcerowsecurity) AND (NOT r.tenant_partition OR EXISTS (SELECT FROM reads_all))
       OR NOT r.child AND r.oid NOT IN (SELECT e.polrelid FROM as_expected e)
       OR r.child AND EXISTS (SELECT FROM pg_inherits i JOIN app_guard.allowlist a ON a.relation = ANY (ARRAY[i.inhparent, pg_partition_root(i.inhparent)])
           WHERE i.inhrelid = r.oid))
UNION ALL
SELECT r.name, format('policy %I is permissive for a role of the app, and permissive policies are ORed', p.polname),
    format('DROP POLICY %I ON %s; -- or make it AS RESTRICTIVE', p.polname, r.name)
FROM relation r JOIN policy p ON p.polrelid = r.oid
WHERE NOT r.allowed AND p.polpermissive AND p.polroles && (SELECT array_agg(judged.oid) FROM judged)
  AND (r.child OR NOT EXISTS (SELECT FROM expected e WHERE e.name = p.polname
      AND e.relation IS NOT DISTINCT FROM (SELECT l.relation FROM expected l WHERE l.relation = r.oid LIMIT 1)))
UNION ALL
SELECT r.name, format('it belongs to %I, which a login of the app can become', pg_get_userbyid(r.relowner)),
    format('ALTER TABLE %s OWNER TO app_owner;', r.name)
FROM relation r WHERE pg_has_role('app_user', r.relowner, 'MEMBER') OR pg_has_role('admin_user', r.relowner, 'MEMBER')
UNION ALL
SELECT r.name, 'a rewrite rule acts with its owner''s rights', format('DROP RULE %I ON %s;', w.rulename, r.name)
FROM relation r JOIN pg_rewrite w ON w.ev_class = r.oid AND w.ev_type <> '1' WHERE NOT r.allowed -- 1: the SELECT that makes a view
UNION ALL
SELECT DISTINCT r.name, 'its foreign keys are not checked: their triggers are disabled', format('ALTER TABLE %s ENABLE TRIGGER ALL;', r.name)
FROM relation r JOIN pg_trigger g ON g.tgrelid = r.oid AND g.tgisinternal AND g.tgenabled NOT IN ('O', 'A') WHERE NOT r.allowed
UNION ALL
SELECT r.name, format('%s, a trigger that keeps tenants from erasing it, is missing, disabled or another', k.name),
    format('%s; ALTER TABLE %s ENABLE TRIGGER %s;', replace(k.definition, 'CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER'), r.name, k.name)
FROM tenants r CROSS JOIN newest n CROSS JOIN jsonb_to_recordset(n.protection -> 'triggers') AS d (name text, definition text)
CROSS JOIN LATERAL (VALUES (d.name, replace(replace(d.definition, '{}', r.name), '{id}', quote_ident(r.id)))) AS k (name, definition)
LEFT JOIN pg_trigger g ON g.tgrelid = r.oid AND g.tgname = k.name
WHERE g.tgenabled NOT IN ('O', 'A') OR pg_get_triggerdef(g.oid) IS DISTINCT FROM k.definition
UNION ALL
SELECT r.name, 'the log of admin contexts is open: its policies or grants are not as the migrations make them',
    'psql -f sql/objects/admin_access_log.sql -- and revoke what others were granted'
FROM relation r CROSS JOIN of_log
WHERE r.name = 'app.admin_access_log' AND (NOT r.relrowsecurity OR NOT r.relforcerowsecurity
    OR (SELECT array_agg(format('%s %s %s %s %s', p.polname, p.polcmd, p.polroles::regrole[], p.condition, p.new_row) ORDER BY p.polname)
        FROM policy p WHERE p.polrelid = r.oid AND p.polpermissive) IS DISTINCT FROM of_log.policies
    OR EXISTS (SELECT FROM granted g JOIN judged ON judged.oid = g.grantee
               WHERE g.oid = r.oid AND (g.grantee <> 'admin_role'::regrole OR g.privilege_type NOT IN ('SELECT', 'INSERT'))))
UNION ALL
SELECT r.name, 'the keys of the seal are open: without row-level security, with a policy or with statistics',
    'psql -f sql/migrations/0003_seal_keys.sql -- and drop the policy'
FROM relation r
WHERE r.name = 'app_seal.keys' AND (NOT r.relrowsecurity OR EXISTS (SELECT FROM policy p WHERE p.polrelid = r.oid AND p.polpermissive)
    OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = r.oid AND a.attname = 'key_block' AND a.attstattarget IS DISTINCT FROM 0))

-- grants
UNION ALL
SELECT DISTINCT r.name, format('%s may %s it', CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
    g.privilege_type || CASE WHEN g.is_grantable THEN ' (and grant it)' ELSE '' END),
    format('REVOKE %s ON %s FROM %s;', g.privilege_type, r.name, CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END)
FROM relation r JOIN granted g ON g.oid = r.oid JOIN judged ON judged.oid = g.grantee
WHERE g.is_grantable OR g.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') -- TRUNCATE, REFERENCES, TRIGGER and MAINTAIN do not ask the policies
   OR r.oid IN (SELECT t.oid FROM tenants t) AND g.privilege_type = 'DELETE' AND g.grantee <> 'admin_role'::regrole -- a tenant would erase itself
   OR r.tenant_partition -- an allowance of its own does not open it
   -- Whoever can write a membership can read any user; a shared table is everybody's.
   OR EXISTS (SELECT FROM permitted p WHERE p.relation = r.oid) AND pg_get_userbyid(g.grantee) <> 'admin_role'
       AND NOT EXISTS (SELECT FROM permitted p WHERE p.relation = r.oid AND p.role = pg_get_userbyid(g.grantee) AND g.privilege = ANY (p.privileges))
   OR NOT r.allowed AND r.relkind IN ('r', 'p') AND (r.child OR g.grantee NOT IN ('tenant_role'::regrole, 'admin_role'::regrole)
       AND (g.grantee <> 'demo_role'::regrole OR g.privilege_type <> 'SELECT'))
UNION ALL
SELECT format('default privileges of %I', pg_get_userbyid(d.defaclrole)), 'they hand out tables before these have a policy',
    format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s REVOKE %s ON TABLES FROM %s;', pg_get_userbyid(d.defaclrole),
        ' IN SCHEMA ' || quote_ident(n.nspname), a.privilege_type,
        CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace CROSS JOIN aclexplode(d.defaclacl) a JOIN judged ON judged.oid = a.grantee
WHERE d.defaclobjtype = 'r'
UNION ALL
SELECT format('schema %I', s.nspname), 'the app may create objects in it',
    format('REVOKE CREATE ON SCHEMA %I FROM %s;', s.nspname, CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
FROM schema s CROSS JOIN aclexplode(s.nspacl) a JOIN app ON app.oid = a.grantee WHERE a.privilege_type = 'CREATE'

-- what shows tables
UNION ALL
SELECT r.name, 'a view without security_invoker asks the policies about its owner', format('ALTER VIEW %s SET (security_invoker = true);', r.name)
FROM relation r WHERE r.relkind = 'v' AND NOT r.allowed
  AND NOT EXISTS (SELECT FROM pg_options_to_table(r.reloptions) o WHERE o.option_name = 'security_invoker' AND o.option_value::boolean)
UNION ALL
SELECT r.name, CASE r.relkind WHEN 'm' THEN 'a materialized view has no policies' ELSE 'a foreign table has no policies' END,
    format('DROP %s %s; -- or, if it shows no tenant''s rows: SELECT app_guard.allow(%L, ''why'');',
        CASE r.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'FOREIGN TABLE' END, r.name, r.name)
FROM relation r WHERE r.relkind IN ('m', 'f') AND NOT r.allowed
UNION ALL
SELECT f.name::text, 'a SECURITY DEFINER function takes names from its caller''s search_path',
    format('ALTER %s %s SET search_path = pg_catalog, pg_temp; -- with the schemas it needs, and pg_temp last', f.kind, f.name)
FROM function f WHERE f.prosecdef AND NOT EXISTS (
    SELECT FROM unnest(f.proconfig) AS c (setting) WHERE c.setting ~ '^search_path=(.*, *)?"?pg_temp"?$' AND c.setting !~ 'pg_temp.*pg_temp')
UNION ALL
SELECT f.name::text, 'a SECURITY DEFINER function that the app may call belongs to a role that no policy binds',
    format('ALTER %s %s OWNER TO app_owner; -- or REVOKE EXECUTE from the app', f.kind, f.name)
FROM function f WHERE f.prosecdef AND f.bypasses AND f.called
UNION ALL
SELECT f.name::text, 'a LEAKPROOF function is asked before the policies, and may tell of rows that they hide',
    format('ALTER FUNCTION %s NOT LEAKPROOF;', f.name)
FROM function f WHERE f.proleakproof

-- what the policies ask
UNION ALL
SELECT p.function, 'its definition is not the one that was there when the guard was turned on',
    format('%s; -- or, if it is meant to be so: SELECT app_guard.pin(%L);', p.definition, p.function)
FROM app_guard.pinned p WHERE app_guard.definition_of(p.function) IS DISTINCT FROM p.definition
UNION ALL
SELECT p.function, format('it belongs to %I, which a login of the app can become', pg_get_userbyid(p.proowner)),
    format('ALTER FUNCTION %s OWNER TO app_owner; -- of the seal: app_sealer', p.function)
FROM pinned p WHERE pg_has_role('app_user', p.proowner, 'MEMBER') OR pg_has_role('admin_user', p.proowner, 'MEMBER')
UNION ALL
SELECT o.oid::regprocedure::text, format('it can be called in the place of %s', p.function), format('DROP FUNCTION %s;', o.oid::regprocedure)
FROM pinned p JOIN pg_proc o ON o.proname = p.proname AND o.pronamespace = p.pronamespace AND o.oid NOT IN (SELECT oid FROM pinned)
$function$;

CREATE OR REPLACE FUNCTION app_guard.check_now() RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    faults app_guard.fault[];
BEGIN
    SELECT array_agg((f.object, f.fault, f.fix)::app_guard.fault ORDER BY f.object, f.fault) INTO faults FROM app_guard.faults() f;
    IF faults IS NULL THEN
        RETURN;
    END IF;
    -- All in the message: Npgsql keeps the DETAIL of an error to itself.
    RAISE EXCEPTION 'the tenant guard refuses this transaction: %', (SELECT string_agg(format('%s: %s', f.object, f.fault), '; ') FROM unnest(faults[1:20]) f)
            || CASE WHEN cardinality(faults) > 20 THEN format('; and %s more', cardinality(faults) - 20) ELSE '' END
        USING ERRCODE = 'invalid_object_definition', HINT = (SELECT string_agg(f.fix, E'\n') FROM unnest(faults[1:20]) f);
END
$function$;

CREATE OR REPLACE FUNCTION app_guard.check_at_commit() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    -- First: what comes after a check that was forced early is checked again.
    DELETE FROM app_guard.pending WHERE transaction_id = NEW.transaction_id;
    PERFORM app_guard.check_now();
    -- Older policies are accepted until all tables have the newest ones.
    IF (SELECT count(*) FROM app_guard.expected) > 1 AND NOT EXISTS (SELECT FROM app_guard.faults(only_newest => true)) THEN
        DELETE FROM app_guard.expected e WHERE e.id < (SELECT max(n.id) FROM app_guard.expected n);
    END IF;
    RETURN NULL;
END
$function$;

CREATE OR REPLACE FUNCTION app_guard.note_change() RETURNS event_trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    -- What a DROP took is not among the commands.
    IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands())
        AND NOT EXISTS (SELECT FROM pg_event_trigger_ddl_commands() c WHERE c.schema_name IS DISTINCT FROM 'pg_temp') THEN
        RETURN; -- temporary objects are their session's alone
    END IF;
    INSERT INTO app_guard.pending VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
END
$function$;

-- SECURITY DEFINER is for who may not see the guard's tables. Nobody calls these by hand, but the owner may ask for the faults.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA app_guard FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_guard.pin(text), app_guard.expect(jsonb), app_guard.faults(boolean) TO app_owner;

-- ALWAYS: also in sessions that replicate, or say so.
-- Not made again: a guard that was on has noted changes of this transaction already.
DO $trigger$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = 'app_guard.pending'::regclass AND tgname = 'check_at_commit'
                   AND pg_catalog.pg_get_triggerdef(oid) = 'CREATE CONSTRAINT TRIGGER check_at_commit AFTER INSERT ON app_guard.pending '
                       'DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app_guard.check_at_commit()') THEN
        DROP TRIGGER IF EXISTS check_at_commit ON app_guard.pending;
        CREATE CONSTRAINT TRIGGER check_at_commit AFTER INSERT ON app_guard.pending DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION app_guard.check_at_commit();
    END IF;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = 'app_guard.pending'::regclass AND tgname = 'check_at_commit' AND tgenabled = 'A') THEN
        ALTER TABLE app_guard.pending ENABLE ALWAYS TRIGGER check_at_commit;
    END IF;
END $trigger$;

SELECT app_guard.allow('app.admin_access_log', 'of the operators; tenants have no privilege on it'),
       app_guard.allow('app.protected_tables', 'of the library; tenants have no privilege on it'),
       app_guard.allow('app.maintenance_log', 'of the library; tenants have no privilege on it');

DO $expected$
DECLARE
    protection jsonb;
    is_new constant boolean := NOT EXISTS (SELECT FROM app_guard.expected);
BEGIN
    -- As app_owner, whose functions they are.
    SET LOCAL ROLE app_owner;
    protection := app.protection();
    -- A guard that knows no earlier policies would refuse tables that still have those of an older version: they get the new ones first.
    IF is_new THEN
        PERFORM app.apply_protection(t.relation) FROM app.protected_tables t JOIN pg_catalog.pg_class c ON c.oid = t.relation;
    END IF;
    RESET ROLE;
    PERFORM app_guard.expect(protection);
END $expected$;

-- A guard over faulty tables would refuse every migration to come. A refusal takes back what this transaction made, so the hint does not count on
-- app_guard.allow.
DO $check$
DECLARE
    refusal text;
    fixes   text;
BEGIN
    PERFORM app_guard.check_now();
EXCEPTION WHEN invalid_object_definition THEN
    GET STACKED DIAGNOSTICS refusal = MESSAGE_TEXT, fixes = PG_EXCEPTION_HINT;
    RAISE EXCEPTION '%', refusal USING ERRCODE = 'invalid_object_definition',
        HINT = regexp_replace(fixes, 'SELECT app_guard\.allow\(''(.*?)'', ''why''\);', 'sme-data migrate --guard --allow ''\1=why''', 'g')
            || E'\n-- In psql: -f sql/apply.sql without -v guard=1 first, as a superuser; it brings app_guard.allow(relation, reason).';
END $check$;

DO $guard$ BEGIN
    CREATE EVENT TRIGGER tenant_guard ON ddl_command_end EXECUTE FUNCTION app_guard.note_change();
    ALTER EVENT TRIGGER tenant_guard ENABLE ALWAYS;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'the tenant guard is an event trigger, which % may not create', current_user
        USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Turn it on as a superuser.';
END $guard$;
COMMENT ON EVENT TRIGGER tenant_guard
    IS 'Refuses, at commit, whatever leaves a table unsafe for its tenants. Off: DROP EVENT TRIGGER tenant_guard; DROP SCHEMA app_guard CASCADE;';
