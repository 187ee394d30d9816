-- No statement of a tenant erases its organization, neither by an injection nor by a forgotten WHERE: that is an admin's act, with a reason on record.
-- From now on app.protect_table (0003) grants no DELETE on the tenants' table; this takes back what an earlier version granted.
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
                  HINT = 'To erase an organization is an admin''s act: app.delete_organization as admin_role, or OrganizationRepository.DeleteAsync.';
    END IF;
    RETURN CASE TG_OP WHEN 'UPDATE' THEN NEW WHEN 'DELETE' THEN OLD END;
END
$function$;
COMMENT ON FUNCTION app.keep_organization() IS 'Refuses to delete an organization, or to change its id, in any but an admin context.';
REVOKE ALL ON FUNCTION app.keep_organization() FROM PUBLIC;

DO $organizations$
DECLARE
    item record;
BEGIN
    -- A host may have dropped it for a table of its own.
    IF to_regclass('public.organizations') IS NULL THEN
        RETURN;
    END IF;

    REVOKE DELETE ON TABLE public.organizations FROM PUBLIC, app_user, admin_user, tenant_role, demo_role;
    CREATE OR REPLACE TRIGGER keep_organization_row BEFORE DELETE ON public.organizations FOR EACH ROW EXECUTE FUNCTION app.keep_organization();
    CREATE OR REPLACE TRIGGER keep_organization_id BEFORE UPDATE OF id ON public.organizations
        FOR EACH ROW WHEN (NEW.id <> OLD.id) EXECUTE FUNCTION app.keep_organization();
    CREATE OR REPLACE TRIGGER keep_organizations BEFORE TRUNCATE ON public.organizations EXECUTE FUNCTION app.keep_organization();

    -- What another role granted, or a membership brings.
    FOR item IN SELECT r.rolname FROM pg_catalog.pg_roles r
                WHERE NOT r.rolsuper AND pg_has_role('app_user', r.oid, 'MEMBER') AND pg_has_role(r.oid, 'tenant_role', 'USAGE')
                  AND has_table_privilege(r.oid, 'public.organizations', 'DELETE')
    LOOP
        RAISE EXCEPTION 'role "%" may still delete from public.organizations, and the app can become it', item.rolname
            USING ERRCODE = 'invalid_role_specification',
                  HINT = format('Another role granted it, or it comes with a membership. As a superuser: REVOKE DELETE ON public.organizations FROM %I; '
                                'or take the membership away.', item.rolname);
    END LOOP;
END
$organizations$;

CREATE OR REPLACE FUNCTION app.schema_version() RETURNS int
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN 10;

RESET ROLE;
