-- What app.protect_table, app.protect_through and app.share_table have in common: what a table has to be, and its row in the registry.
SET ROLE app_owner;

-- Without USAGE on its schema a table is out of reach.
CREATE OR REPLACE FUNCTION app.let_roles_use(schema regnamespace) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    roles constant text[] := ARRAY['tenant_role', 'admin_role'] || CASE WHEN app.demo_org_id() IS NULL THEN '{}' ELSE ARRAY['demo_role'] END;
    usage_grant constant text := format('GRANT USAGE ON SCHEMA %s TO %s', schema, array_to_string(roles, ', '));
BEGIN
    IF NOT EXISTS (SELECT FROM unnest(roles) AS r WHERE NOT has_schema_privilege(r, schema, 'USAGE')) THEN
        RETURN;
    ELSIF pg_has_role((SELECT n.nspowner FROM pg_namespace n WHERE n.oid = schema), 'USAGE') THEN
        EXECUTE usage_grant;
    ELSE
        RAISE WARNING 'the roles of the app may not use schema %, and % may not let them', schema, current_user USING HINT = usage_grant || ';';
    END IF;
END
$function$;

CREATE OR REPLACE FUNCTION app.refuse_unprotectable(target regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    item record;
BEGIN
    SELECT c.relkind, c.relispartition, c.relpersistence, c.relowner::regrole AS owner, n.nspname AS schema INTO item
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = target;
    IF item.relkind IS NULL OR item.relkind NOT IN ('r', 'p') OR item.relispartition OR item.relpersistence = 't'
       OR item.schema IN ('app', 'app_seal', 'app_guard', 'pg_catalog', 'information_schema') THEN
        RAISE EXCEPTION '% cannot be protected: it is not an ordinary or partitioned table of yours', coalesce(target::text, 'NULL')
            USING ERRCODE = 'wrong_object_type',
                  HINT = 'Views need security_invoker, partitions are protected with their parent; '
                         'materialized views, foreign and temporary tables cannot be tenant tables.';
    ELSIF pg_has_role('app_user', item.owner, 'MEMBER') OR pg_has_role('admin_user', item.owner, 'MEMBER') THEN
        RAISE EXCEPTION 'table % belongs to %, which the app can become', target, item.owner
            USING ERRCODE = 'insufficient_privilege',
                  HINT = format('The owner can switch row-level security off. ALTER TABLE %s OWNER TO app_owner;', target);
    END IF;
END
$function$;

-- The columns of a foreign key to the parent: a row without a parent belongs to no tenant.
CREATE OR REPLACE FUNCTION app.refuse_null_key(target regclass, key name[]) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    item record;
BEGIN
    SELECT a.attname AS name INTO item FROM pg_attribute a WHERE a.attrelid = target AND a.attname = ANY (key) AND NOT a.attnotnull LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'column % of table % may be null, and a row without a parent belongs to no tenant', item.name, target
            USING ERRCODE = 'not_null_violation', HINT = format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL;', target, item.name);
    END IF;
END
$function$;

-- Not a leak of rows, but of their existence or of time: said, not refused. key: the tenant column, or the columns of the foreign key to the parent.
CREATE OR REPLACE FUNCTION app.warn_of_indexes(target regclass, key name[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    item record;
    columns constant text := (SELECT string_agg(quote_ident(k), ', ') FROM unnest(key) AS k);
BEGIN
    -- Only key columns count: what is merely INCLUDEd makes nothing unique.
    FOR item IN SELECT i.indexrelid::regclass AS name FROM pg_index i
                WHERE i.indrelid = target AND (i.indisunique OR i.indisexclusion)
                  AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = target AND a.attname = ANY (key)
                                    AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))
    LOOP
        RAISE WARNING 'unique index % of table % does not contain %: a duplicate tells that another tenant has the value', item.name, target, columns
            USING HINT = format('Make it unique over (%s, ..).', columns);
    END LOOP;
    IF NOT EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = target AND a.attnum = i.indkey[0]
                   WHERE i.indrelid = target AND a.attname = ANY (key) AND i.indpred IS NULL) THEN
        RAISE WARNING 'no index of table % leads with %: every query reads the rows of all tenants', target, columns
            USING HINT = format('CREATE INDEX ON %s (%s, ..);', target, columns);
    END IF;
END
$function$;

-- Enters a table into the registry, or changes its row, and gives it what tables of its kind have.
CREATE OR REPLACE FUNCTION app.register_table(registered app.protected_tables) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    target constant regclass := registered.relation;
    item record;
BEGIN
    -- Permissive policies are ORed: one more than ours would be a hole in ours. Those of resolvers are for a role that nobody can become.
    FOR item IN SELECT polname FROM pg_policy
                WHERE polrelid = target AND polpermissive AND polname::text NOT IN (SELECT d.name FROM app.policy_definitions() d WHERE d.is_permissive)
                  AND polroles <> ARRAY['app_resolver'::regrole::oid]
    LOOP
        RAISE EXCEPTION 'table % has a permissive policy "%" of its own', target, item.polname
            USING ERRCODE = 'duplicate_object',
                  HINT = format('Permissive policies are ORed with those of this call. DROP POLICY %I ON %s; or make it AS RESTRICTIVE.', item.polname, target);
    END LOOP;
    PERFORM app.let_roles_use(c.relnamespace) FROM pg_class c WHERE c.oid = target;

    DELETE FROM app.protected_tables t WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.relation);
    INSERT INTO app.protected_tables AS t SELECT registered.*
    ON CONFLICT (relation) DO UPDATE SET kind = excluded.kind, tenant_column = excluded.tenant_column, parent = excluded.parent,
        parent_key = excluded.parent_key, columns = excluded.columns WHERE t IS DISTINCT FROM excluded;
    PERFORM app.tell_guard();
    PERFORM app.apply_protection(target);

    -- Only a serial column needs a privilege. With USAGE, nextval() and
    -- pg_sequences tell how far the sequence has come, which counts the rows of all tenants: prefer identity columns, or uuid.
    FOR item IN SELECT s.sequence, s.deptype FROM app.sequences_of(target) s LOOP
        EXECUTE format('REVOKE ALL ON SEQUENCE %s FROM PUBLIC, %s', item.sequence, array_to_string(app.role_names(), ', '));
        IF item.deptype = 'a' THEN
            EXECUTE format('GRANT USAGE ON SEQUENCE %s TO %s', item.sequence,
                CASE WHEN registered.kind IN ('shared', 'users') THEN 'admin_role' ELSE 'tenant_role, admin_role' END);
        END IF;
    END LOOP;
END
$function$;

-- For whoever may alter the table; the roles of the app have no use for it.
REVOKE ALL ON FUNCTION app.let_roles_use(regnamespace), app.refuse_unprotectable(regclass), app.refuse_null_key(regclass, name[]),
    app.warn_of_indexes(regclass, name[]), app.register_table(app.protected_tables) FROM PUBLIC;

RESET ROLE;
