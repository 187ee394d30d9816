-- app.protect_table: one call makes a table tenant-safe, and again without harm.
SET ROLE app_owner;

CREATE OR REPLACE FUNCTION app.protect_table(target regclass, tenant_column name DEFAULT 'org_id') RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_variable
DECLARE
    col record;
    item record;
    usage_grant text;
    tenants record;
    reference text;
BEGIN
    SELECT c.relkind, c.relispartition, c.relpersistence, c.relowner::regrole AS owner, n.oid AS schema, n.nspname, n.nspowner INTO item
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = target;
    IF item.relkind NOT IN ('r', 'p') OR item.relispartition OR item.relpersistence = 't' THEN
        RAISE EXCEPTION '% cannot be protected: it is not an ordinary or partitioned table', target
            USING ERRCODE = 'wrong_object_type',
                  HINT = 'Views need security_invoker, partitions are protected with their parent; '
                         'materialized views, foreign and temporary tables cannot be tenant tables.';
    END IF;

    IF pg_has_role('app_user', item.owner, 'MEMBER') OR pg_has_role('admin_user', item.owner, 'MEMBER') THEN
        RAISE EXCEPTION 'table % belongs to %, which the app can become', target, item.owner
            USING ERRCODE = 'insufficient_privilege',
                  HINT = format('The owner can switch row-level security off. ALTER TABLE %s OWNER TO app_owner;', target);
    END IF;

    SELECT t.relation, format('%I.%I', n.nspname, c.relname) AS name, t.tenant_column AS id INTO tenants
    FROM app.protected_tables t JOIN pg_class c ON c.oid = t.relation JOIN pg_namespace n ON n.oid = c.relnamespace WHERE t.kind = 'tenants';
    reference := CASE WHEN tenants.relation IS NULL THEN '' ELSE format(' REFERENCES %s (%I) ON DELETE CASCADE', tenants.name, tenants.id) END;

    SELECT a.atttypid, a.attnotnull INTO col FROM pg_attribute a
    WHERE a.attrelid = target AND a.attname = tenant_column AND NOT a.attisdropped AND a.attnum > 0;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'table % has no column %', target, tenant_column
            USING ERRCODE = 'undefined_column',
                  HINT = format('ALTER TABLE %s ADD COLUMN %I uuid NOT NULL%s;', target, tenant_column, reference);
    ELSIF col.atttypid <> 'uuid'::regtype THEN
        RAISE EXCEPTION 'column % of table % is %, not uuid', tenant_column, target, format_type(col.atttypid, NULL)
            USING ERRCODE = 'datatype_mismatch', HINT = 'A cast in the policy would cost the index: store organization ids as uuid.';
    ELSIF NOT col.attnotnull THEN
        RAISE EXCEPTION 'column % of table % may be null', tenant_column, target
            USING ERRCODE = 'not_null_violation', HINT = format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL;', target, tenant_column);
    END IF;

    -- Without USAGE on its schema the table is out of reach.
    IF NOT (has_schema_privilege('tenant_role', item.schema, 'USAGE') AND has_schema_privilege('demo_role', item.schema, 'USAGE')
            AND has_schema_privilege('admin_role', item.schema, 'USAGE')) THEN
        usage_grant := format('GRANT USAGE ON SCHEMA %I TO tenant_role, demo_role, admin_role', item.nspname);
        IF pg_has_role(item.nspowner, 'USAGE') THEN
            EXECUTE usage_grant;
        ELSE
            RAISE WARNING 'the roles of the app may not use schema %, and % may not let them', item.nspname, current_user USING HINT = usage_grant || ';';
        END IF;
    END IF;

    -- Permissive policies are ORed: one more than ours would be a hole in ours.
    FOR item IN SELECT polname FROM pg_policy
                WHERE polrelid = target AND polpermissive AND polname::text NOT IN (SELECT d.name FROM app.policy_definitions() d WHERE d.is_permissive)
    LOOP
        RAISE EXCEPTION 'table % has a permissive policy "%" of its own', target, item.polname
            USING ERRCODE = 'duplicate_object',
                  HINT = format('Permissive policies are ORed with tenant_isolation. DROP POLICY %I ON %s; or make it AS RESTRICTIVE.', item.polname, target);
    END LOOP;

    DELETE FROM app.protected_tables t WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.relation);
    INSERT INTO app.protected_tables AS t VALUES (target, 'column', tenant_column)
    ON CONFLICT (relation) DO UPDATE SET tenant_column = excluded.tenant_column WHERE t.tenant_column <> excluded.tenant_column;
    PERFORM app.apply_protection(target);

    -- Only a serial column needs a privilege. With USAGE, nextval() and
    -- pg_sequences tell how far the sequence has come, which counts the rows of all tenants: prefer identity columns, or uuid.
    FOR item IN SELECT s.sequence, s.deptype FROM app.sequences_of(target) s LOOP
        EXECUTE format('REVOKE ALL ON SEQUENCE %s FROM PUBLIC, %s', item.sequence, array_to_string(app.role_names(), ', '));
        IF item.deptype = 'a' THEN
            EXECUTE format('GRANT USAGE ON SEQUENCE %s TO tenant_role, admin_role', item.sequence);
        END IF;
    END LOOP;

    -- Only key columns count: what is merely INCLUDEd makes nothing unique. Not a leak of rows, but of their existence or of time: said, not refused.
    FOR item IN SELECT i.indexrelid::regclass AS name FROM pg_index i
                WHERE i.indrelid = target AND (i.indisunique OR i.indisexclusion) AND tenant_column <> 'id'
                  AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = target AND a.attname = tenant_column
                                    AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))
    LOOP
        RAISE WARNING 'unique index % of table % does not contain %: a duplicate tells that another tenant has the value', item.name, target, tenant_column
            USING HINT = format('Make it unique over (%I, ..).', tenant_column);
    END LOOP;
    IF NOT EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = target AND a.attnum = i.indkey[0]
                   WHERE i.indrelid = target AND a.attname = tenant_column AND i.indpred IS NULL) THEN
        RAISE WARNING 'no index of table % leads with %: every query reads the rows of all tenants', target, tenant_column
            USING HINT = format('CREATE INDEX ON %s (%I, ..);', target, tenant_column);
    END IF;

    -- A column that nothing ties to the tenants' table may hold anything, such as who made a row. A key to it counts, and one to the tenant column of another
    -- protected table; and a comment of the column that begins with "tenant column:" and gives the reason.
    IF tenants.relation <> target AND NOT EXISTS (
        SELECT FROM pg_constraint k
        JOIN pg_attribute own ON own.attrelid = k.conrelid AND own.attname = tenant_column
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = k.confkey[array_position(k.conkey, own.attnum)]
        JOIN app.protected_tables t ON t.relation = k.confrelid AND t.tenant_column = a.attname
        WHERE k.conrelid = target AND k.contype = 'f' AND k.confrelid <> target AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)) -- from 18 on
       AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = target AND a.attname = tenant_column
                       AND col_description(target, a.attnum) ~* '^tenant column: *[^[:space:]]') THEN
        RAISE WARNING 'column % of table % has no foreign key to %: nothing says that it holds organizations', tenant_column, target, tenants.name
            USING HINT = format('ALTER TABLE %s ADD FOREIGN KEY (%I)%s; or, if another column holds them, '
                                'SELECT app.protect_table(%L, ''..''); or, if it can have no foreign key: '
                                'COMMENT ON COLUMN %1$s.%2$I IS ''tenant column: ..''; with the reason.',
                                target, tenant_column, reference, target);
    END IF;
END
$function$;
COMMENT ON FUNCTION app.protect_table(regclass, name) IS
    'Makes a table tenant-safe: checks its tenant column, enables and forces row-level security, sets the policies and the grants.';

-- The way back. The privileges of the app's roles go first: without row-level security they would show every tenant's rows to every other. Upgrades and
-- app.delete_organization leave the table alone from then on.
CREATE OR REPLACE FUNCTION app.unprotect_table(target regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    item record;
BEGIN
    DELETE FROM app.protected_tables t WHERE t.relation = target;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'table % is not protected', target USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'SELECT relation FROM app.protected_tables;';
    END IF;
    FOR item IN SELECT s.sequence FROM app.sequences_of(target) s LOOP
        EXECUTE format('REVOKE ALL ON SEQUENCE %s FROM PUBLIC, %s', item.sequence, array_to_string(app.role_names(), ', '));
    END LOOP;
    FOR item IN SELECT p.name FROM app.parts_of(target) AS p (name) LOOP
        EXECUTE format('REVOKE ALL ON TABLE %s FROM PUBLIC, %s', item.name, array_to_string(app.role_names(), ', '));
        EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', item.name);
    END LOOP;
    FOR item IN SELECT p.polname AS name FROM pg_policy p WHERE p.polrelid = target AND p.polname::text IN (SELECT d.name FROM app.policy_definitions() d) LOOP
        EXECUTE format('DROP POLICY %I ON %s', item.name, target);
    END LOOP;
    FOR item IN SELECT d.name FROM app.trigger_definitions() d LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', item.name, target);
    END LOOP;
END
$function$;
COMMENT ON FUNCTION app.unprotect_table(regclass) IS
    'Takes back what app.protect_table did: the privileges of the app''s roles, the policies, row-level security. The columns and rows stay.';

-- For whoever may alter the table; the roles of the app have no use for it.
REVOKE ALL ON FUNCTION app.protect_table(regclass, name), app.unprotect_table(regclass) FROM PUBLIC;

RESET ROLE;
