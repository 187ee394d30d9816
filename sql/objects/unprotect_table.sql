-- app.unprotect_table: takes back what app.protect_table, app.protect_through or app.share_table did.
SET ROLE app_owner;

-- The way back. The privileges of the app's roles go first: without row-level security they would show every tenant's rows to every other. Upgrades and
-- app.delete_tenant leave the table alone from then on.
CREATE OR REPLACE FUNCTION app.unprotect_table(target regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    item record;
BEGIN
    SELECT t.relation INTO item FROM app.protected_tables t JOIN pg_class c ON c.oid = t.relation WHERE t.parent = target ORDER BY t.relation::text LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'table % is protected through %', item.relation, target USING ERRCODE = 'dependent_objects_still_exist',
            HINT = format('Without its policies all rows of %1$s would be visible. First: SELECT app.unprotect_table(%1$L);', item.relation::text);
    END IF;
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
                    AND p.proname IN ('write_current_user', 'take_tenant_from_parent') AND p.pronamespace = 'app'::regnamespace
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', item.name, item.part);
    END LOOP;
    FOR item IN SELECT a.attname AS name FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
                WHERE d.adrelid = target AND pg_get_expr(d.adbin, d.adrelid) ~ '^\(?app\.current_org_id\(\)\)?(::[^()]+)?$' LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', target, item.name);
    END LOOP;
    PERFORM app.tell_guard();
END
$function$;
COMMENT ON FUNCTION app.unprotect_table(regclass) IS
    'Takes back what app.protect_table, protect_through or share_table did: privileges, policies, row-level security. The columns and rows stay.';

-- For whoever may alter the table; the roles of the app have no use for it.
REVOKE ALL ON FUNCTION app.unprotect_table(regclass) FROM PUBLIC;

RESET ROLE;
