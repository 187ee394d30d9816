-- Run again when this text changes.
-- app.protect_table: one call makes a table tenant-safe, and again without harm.
SET ROLE app_owner;

CREATE OR REPLACE FUNCTION app.protect_table(target regclass, tenant_column name DEFAULT 'org_id') RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    col record;
    item record;
    usage_grant text;
    not_demo constant text := format('%I <> (SELECT app.demo_org_id())', tenant_column);
    -- Where contexts are sealed, the view is the quicker way to ask for the seal.
    is_sealed constant boolean := EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'app_seal' AND c.relname = 'context');
    is_own constant text := format('%I = (SELECT ' || CASE WHEN is_sealed THEN 'c.tenant_org_id FROM app_seal.context c' ELSE 'app.current_org_id()' END || ')', tenant_column);
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

    SELECT a.atttypid, a.attnotnull INTO col FROM pg_attribute a
    WHERE a.attrelid = target AND a.attname = tenant_column AND NOT a.attisdropped AND a.attnum > 0;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'table % has no column %', target, tenant_column
            USING ERRCODE = 'undefined_column',
                  HINT = format('ALTER TABLE %s ADD COLUMN %I uuid NOT NULL REFERENCES public.organizations (id) ON DELETE CASCADE;', target, tenant_column);
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
                WHERE polrelid = target AND polpermissive AND polname NOT IN ('tenant_isolation', 'demo_read_only', 'admin_access')
    LOOP
        RAISE EXCEPTION 'table % has a permissive policy "%" of its own', target, item.polname
            USING ERRCODE = 'duplicate_object',
                  HINT = format('Permissive policies are ORed with tenant_isolation. DROP POLICY %I ON %s; or make it AS RESTRICTIVE.', item.polname, target);
    END LOOP;

    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', target);

    FOR item IN SELECT polname FROM pg_policy WHERE polrelid = target AND polname IN
        ('tenant_isolation', 'demo_read_only', 'demo_no_writes_insert', 'demo_no_writes_update', 'demo_no_writes_delete', 'admin_access', 'context_sealed')
    LOOP
        EXECUTE format('DROP POLICY %I ON %s', item.polname, target);
    END LOOP;

    -- (SELECT ..) makes it an InitPlan: evaluated once a statement, not once a row.
    EXECUTE format('CREATE POLICY tenant_isolation ON %s TO tenant_role USING (%s) WITH CHECK (%2$s)', target, is_own);
    EXECUTE format('CREATE POLICY admin_access ON %s TO admin_role USING (true) WITH CHECK (true)', target);
    EXECUTE format('CREATE POLICY demo_read_only ON %s FOR SELECT TO demo_role USING (%I = (SELECT app.demo_org_id()))', target, tenant_column);
    -- RESTRICTIVE is ANDed; a permissive ban would let every tenant insert into every other.
    EXECUTE format('CREATE POLICY demo_no_writes_insert ON %s AS RESTRICTIVE FOR INSERT TO tenant_role, demo_role WITH CHECK (%s)', target, not_demo);
    EXECUTE format('CREATE POLICY demo_no_writes_update ON %s AS RESTRICTIVE FOR UPDATE TO tenant_role, demo_role USING (%s) WITH CHECK (%2$s)', target, not_demo);
    EXECUTE format('CREATE POLICY demo_no_writes_delete ON %s AS RESTRICTIVE FOR DELETE TO tenant_role, demo_role USING (%s)', target, not_demo);
    IF is_sealed THEN
        EXECUTE format('CREATE POLICY context_sealed ON %s AS RESTRICTIVE TO demo_role, admin_role USING ((SELECT app.context_holds()))', target);
    END IF;

    -- A revoke on the table takes the column privileges with it. No TRUNCATE, REFERENCES or TRIGGER: they do not ask the policies.
    EXECUTE format('REVOKE ALL ON TABLE %s FROM PUBLIC, app_user, admin_user, tenant_role, demo_role, admin_role', target);
    -- To erase an organization is an admin's act, with a reason on record: no tenant deletes its own row of the tenants' table.
    EXECUTE format('GRANT SELECT, INSERT, UPDATE%s ON TABLE %s TO tenant_role',
        CASE WHEN target IS DISTINCT FROM to_regclass('public.organizations') THEN ', DELETE' END, target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE %s TO admin_role', target);
    EXECUTE format('GRANT SELECT ON TABLE %s TO demo_role', target);

    -- A serial column ('a') draws its number with the rights of the caller, an identity column ('i') without. With USAGE, nextval() and
    -- pg_sequences tell how far the sequence has come, which counts the rows of all tenants: prefer identity columns, or uuid.
    FOR item IN SELECT d.objid::regclass AS sequence, d.deptype FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
                WHERE d.refclassid = 'pg_class'::regclass AND d.classid = 'pg_class'::regclass AND d.refobjid = target AND d.deptype IN ('a', 'i')
    LOOP
        EXECUTE format('REVOKE ALL ON SEQUENCE %s FROM PUBLIC, app_user, admin_user, tenant_role, demo_role, admin_role', item.sequence);
        IF item.deptype = 'a' THEN
            EXECUTE format('GRANT USAGE ON SEQUENCE %s TO tenant_role, admin_role', item.sequence);
        END IF;
    END LOOP;

    -- Partitions and inheritance children answer a direct query with policies of their own: they get none, and no privilege.
    FOR item IN WITH RECURSIVE child AS (
                    SELECT inhrelid FROM pg_inherits WHERE inhparent = target
                    UNION ALL SELECT i.inhrelid FROM pg_inherits i JOIN child ON i.inhparent = child.inhrelid)
                SELECT inhrelid::regclass AS name FROM child
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', item.name);
        EXECUTE format('REVOKE ALL ON TABLE %s FROM PUBLIC, app_user, admin_user, tenant_role, demo_role, admin_role', item.name);
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
    IF target IS DISTINCT FROM to_regclass('public.organizations') AND to_regclass('public.organizations') IS NOT NULL AND NOT EXISTS (
        SELECT FROM pg_constraint k
        JOIN pg_attribute own ON own.attrelid = k.conrelid AND own.attname = tenant_column
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = k.confkey[array_position(k.conkey, own.attnum)]
        WHERE k.conrelid = target AND k.contype = 'f' AND k.confrelid <> target AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true) -- from 18 on
          AND (k.confrelid = to_regclass('public.organizations') AND a.attname = 'id'
               OR EXISTS (SELECT FROM pg_policy p
                          JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_class'::regclass
                          WHERE p.polrelid = k.confrelid AND p.polname = 'tenant_isolation' AND d.refobjid = k.confrelid AND d.refobjsubid = a.attnum)))
       AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = target AND a.attname = tenant_column
                       AND col_description(target, a.attnum) ~* '^tenant column: *[^[:space:]]') THEN
        RAISE WARNING 'column % of table % has no foreign key to public.organizations: nothing says that it holds organizations', tenant_column, target
            USING HINT = format('ALTER TABLE %s ADD FOREIGN KEY (%I) REFERENCES public.organizations (id) ON DELETE CASCADE; or, if another column holds them, '
                                'SELECT app.protect_table(%L, ''..''); or, if it can have no foreign key: '
                                'COMMENT ON COLUMN %1$s.%2$I IS ''tenant column: ..''; with the reason.',
                                target, tenant_column, target);
    END IF;
END
$function$;
COMMENT ON FUNCTION app.protect_table(regclass, name) IS
    'Makes a table tenant-safe: checks its tenant column, enables and forces row-level security, sets the policies and the grants.';

-- For whoever may alter the table; the roles of the app have no use for it.
REVOKE ALL ON FUNCTION app.protect_table(regclass, name) FROM PUBLIC;

RESET ROLE;
