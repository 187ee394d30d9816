-- app.protect_table: one call makes a table tenant-safe, and again without harm.
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

CREATE OR REPLACE FUNCTION app.protect_table(target regclass, tenant_column name DEFAULT 'org_id') RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_variable
DECLARE
    col record;
    item record;
    tenants record;
    reference text;
    tenant_id constant regtype := (SELECT t.typbasetype FROM pg_type t WHERE t.oid = 'app.tenant_id'::regtype);
BEGIN
    SELECT c.relkind, c.relispartition, c.relpersistence, c.relowner::regrole AS owner, n.oid AS schema INTO item
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

    SELECT a.attnotnull, format_type(a.atttypid, a.atttypmod) AS type, c.collname AS collation,
        -- Types whose index serves the comparison with a tenant id. A domain over the type itself does, too.
        CASE WHEN tenant_id = 'bigint'::regtype AND t.oid IN ('integer'::regtype, 'smallint'::regtype)
            OR tenant_id = 'text'::regtype AND t.oid = 'varchar'::regtype THEN tenant_id
        WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END = tenant_id AS is_accepted,
        -- Two spellings that such a collation calls equal would be one tenant.
        NOT c.collisdeterministic AS is_nondeterministic
    INTO col FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_collation c ON c.oid = a.attcollation
    WHERE a.attrelid = target AND a.attname = tenant_column AND NOT a.attisdropped AND a.attnum > 0;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'table % has no column %', target, tenant_column
            USING ERRCODE = 'undefined_column',
                  HINT = format('ALTER TABLE %s ADD COLUMN %I %s NOT NULL%s;', target, tenant_column, tenant_id, reference);
    ELSIF NOT col.is_accepted THEN
        RAISE EXCEPTION 'column % of table % is %, and tenant ids of this database are %', tenant_column, target, col.type, tenant_id
            USING ERRCODE = 'datatype_mismatch',
                  HINT = format('A cast in the policy would cost the index%s. ALTER TABLE %s ALTER COLUMN %I TYPE %s USING %3$I::%4$s; '
                                'or migrate a database of its own with another --tenant-type.',
                                CASE WHEN tenant_id = 'text'::regtype THEN ', and char(n) and citext take different ids for the same' ELSE '' END,
                                target, tenant_column, tenant_id);
    ELSIF col.is_nondeterministic THEN
        RAISE EXCEPTION 'column % of table % has the nondeterministic collation "%", which takes different tenant ids for the same', tenant_column, target,
            col.collation
            USING ERRCODE = 'datatype_mismatch',
                  HINT = format('ALTER TABLE %s ALTER COLUMN %I TYPE text COLLATE "C"; once each id is written in one way.', target, tenant_column);
    ELSIF NOT col.attnotnull THEN
        RAISE EXCEPTION 'column % of table % may be null', tenant_column, target
            USING ERRCODE = 'not_null_violation', HINT = format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL;', target, tenant_column);
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
        RAISE EXCEPTION 'column % of table % has no foreign key to %: nothing says that it holds tenants', tenant_column, target, tenants.name
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = format('ALTER TABLE %s ADD FOREIGN KEY (%I)%s; or, if another column holds them, '
                                'SELECT app.protect_table(%L, ''..''); or, if it can have no foreign key: '
                                'COMMENT ON COLUMN %1$s.%2$I IS ''tenant column: ..''; with the reason.',
                                target, tenant_column, reference, target);
    END IF;

    PERFORM app.let_roles_use(item.schema);

    -- Permissive policies are ORed: one more than ours would be a hole in ours. That of app.create_resolver is for a role that nobody can become.
    FOR item IN SELECT polname FROM pg_policy
                WHERE polrelid = target AND polpermissive AND polname::text NOT IN (SELECT d.name FROM app.policy_definitions() d WHERE d.is_permissive)
                  AND (polname, polcmd, polroles) IS DISTINCT FROM ('resolver_access', 'r', ARRAY['app_resolver'::regrole::oid])
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
END
$function$;
COMMENT ON FUNCTION app.protect_table(regclass, name) IS
    'Makes a table tenant-safe: checks its tenant column, enables and forces row-level security, sets the policies and the grants.';

-- The way back. The privileges of the app's roles go first: without row-level security they would show every tenant's rows to every other. Upgrades and
-- app.delete_tenant leave the table alone from then on.
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
    FOR item IN SELECT p.polname AS name, p.polrelid::regclass AS part FROM pg_policy p JOIN app.parts_of(target) AS o (part) ON o.part = p.polrelid
                WHERE p.polname::text IN (SELECT d.name FROM app.policy_definitions() d) LOOP
        EXECUTE format('DROP POLICY %I ON %s', item.name, item.part);
    END LOOP;
    FOR item IN SELECT d.name FROM app.trigger_definitions() d LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', item.name, target);
    END LOOP;
    -- Of app.restrict_to_owner and app.track_changes_by: a login that knows nothing of this schema may not call app.current_user_id().
    FOR item IN SELECT p.polname AS name FROM pg_policy p WHERE p.polrelid = target AND p.polname = 'row_owner' LOOP
        EXECUTE format('DROP POLICY %I ON %s', item.name, target);
    END LOOP;
    FOR item IN SELECT g.tgname AS name, g.tgrelid::regclass AS part FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
                WHERE g.tgrelid IN (SELECT t.oid FROM app.parts_of(target) AS t (oid)) AND g.tgparentid = 0
                    AND p.proname = 'write_current_user' AND p.pronamespace = 'app'::regnamespace
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', item.name, item.part);
    END LOOP;
END
$function$;
COMMENT ON FUNCTION app.unprotect_table(regclass) IS
    'Takes back what app.protect_table did: the privileges of the app''s roles, the policies, row-level security. The columns and rows stay.';

-- For whoever may alter the table; the roles of the app have no use for it.
REVOKE ALL ON FUNCTION app.let_roles_use(regnamespace), app.protect_table(regclass, name), app.unprotect_table(regclass) FROM PUBLIC;

RESET ROLE;
