-- The table of the tenants themselves. No statement of a tenant erases its organization, neither by an injection nor by a forgotten WHERE: that is an admin's
-- act, with a reason on record.
SET ROLE app_owner;

-- Privileges do not stop what acts with its owner's: a foreign key ON DELETE CASCADE, a SECURITY DEFINER function of a host's own. Nor do the policies
-- stop a tenant that sets another organization in the same statement (unless its context is sealed) from giving its row another id.
CREATE OR REPLACE FUNCTION app.keep_organization() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    -- The session's login, which stays what it is in functions and cascades. Whoever may become the owner of the tables could drop this trigger.
    IF current_setting('role') <> 'admin_role' AND pg_has_role(session_user, 'tenant_role', 'MEMBER')
       AND NOT pg_has_role(session_user, 'app_owner', 'MEMBER') THEN
        RAISE EXCEPTION 'a tenant may neither delete an organization nor change its id'
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'To erase an organization is an admin''s act: app.delete_tenant as admin_role, or OrganizationRepository.DeleteAsync.';
    END IF;
    RETURN CASE TG_OP WHEN 'UPDATE' THEN NEW WHEN 'DELETE' THEN OLD END;
END
$function$;
COMMENT ON FUNCTION app.keep_organization() IS 'Refuses to delete an organization, or to change its id, in any but an admin context.';
REVOKE ALL ON FUNCTION app.keep_organization() FROM PUBLIC;

CREATE OR REPLACE FUNCTION app.use_tenants(target regclass, id_column name DEFAULT 'id') RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    item record;
BEGIN
    DELETE FROM app.protected_tables t WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.relation);
    SELECT t.relation, t.tenant_column INTO item FROM app.protected_tables t WHERE t.kind = 'tenants' AND (t.relation, t.tenant_column) <> (target, id_column);
    IF FOUND THEN
        RAISE EXCEPTION '% cannot be the tenants'' table: % (%) is', target, item.relation, item.tenant_column
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'A database has one table of tenants.';
    END IF;
    INSERT INTO app.protected_tables AS t (relation, kind, tenant_column) VALUES (target, 'tenants', id_column)
    ON CONFLICT (relation) DO UPDATE SET kind = excluded.kind, tenant_column = excluded.tenant_column, parent = NULL, parent_key = NULL, columns = NULL
        WHERE (t.kind, t.tenant_column) IS DISTINCT FROM (excluded.kind, excluded.tenant_column);
    PERFORM app.protect_table(target, id_column);

    -- What another role granted, or a membership brings.
    FOR item IN SELECT r.rolname FROM pg_roles r
                WHERE NOT r.rolsuper AND pg_has_role('app_user', r.oid, 'MEMBER') AND pg_has_role(r.oid, 'tenant_role', 'USAGE')
                    AND has_table_privilege(r.oid, target, 'DELETE')
    LOOP
        RAISE EXCEPTION 'role "%" may still delete from %, and the app can become it', item.rolname, target
            USING ERRCODE = 'invalid_role_specification',
                  HINT = format('Another role granted it, or it comes with a membership. As a superuser: REVOKE DELETE ON %s FROM %I; '
                                'or take the membership away.', target, item.rolname);
    END LOOP;
END
$function$;
COMMENT ON FUNCTION app.use_tenants(regclass, name)
    IS 'Makes a table the one of the tenants: protects it, and keeps tenants from erasing their own row. Once for each database.';
REVOKE ALL ON FUNCTION app.use_tenants(regclass, name) FROM PUBLIC;

-- The public demo: rows of one tenant that anybody may read. NULL for none. Tables that are protected get or lose its policies and privileges at once.
CREATE OR REPLACE FUNCTION app.use_demo(id app.tenant_id) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    EXECUTE format('CREATE OR REPLACE FUNCTION app.demo_org_id() RETURNS %1$s LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN %2$L::%1$s',
        (SELECT format_type(p.prorettype, NULL) FROM pg_proc p WHERE p.oid = 'app.demo_org_id()'::regprocedure), id);
    IF to_regprocedure('app_guard.expect(jsonb)') IS NOT NULL THEN
        PERFORM app_guard.pin('app.demo_org_id()'), app_guard.expect(app.protection());
    END IF;
    PERFORM app.let_roles_use(c.relnamespace), app.apply_protection(t.relation) FROM app.protected_tables t JOIN pg_class c ON c.oid = t.relation;
END
$function$;
COMMENT ON FUNCTION app.use_demo(app.tenant_id) IS 'Makes an organization the public demo, or, with NULL, takes the demo away.';
REVOKE ALL ON FUNCTION app.use_demo(app.tenant_id) FROM PUBLIC;

DO $guard$
BEGIN
    -- The tenant guard, where it is on, holds the function to what it is.
    IF EXISTS (SELECT FROM pg_catalog.pg_class WHERE relname = 'pinned' AND relnamespace = to_regnamespace('app_guard')) THEN
        PERFORM app_guard.pin('app.keep_organization()');
    END IF;
END
$guard$;

RESET ROLE;
