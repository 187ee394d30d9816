namespace SmeFinancialOs.Data.Schema.Tests.Guard;

/// <summary>
/// Those of what the migrations bring: the check at commit, the triggers that keep organizations, the log of admin contexts, the keys of the seal.
/// </summary>
internal static partial class Weakenings
{
    private const string Check = "app.require_context(text, name, text, text[])";
    private const string OfNothing = "(expected_org_id text, expected_role name, expected_user_id text, expected_roles text[]) RETURNS void LANGUAGE plpgsql "
        + "AS 'BEGIN END'";
    private const string Overload = "it can be called in the place of";
    private const string Kept = "a trigger that keeps tenants from erasing it";
    private const string Log = "the log of admin contexts is open";
    private const string Keys = "the keys of the seal are open";
    private const string BecomesOwner = "which a login of the app can become";

    private static Dictionary<string, (MigrationLogin Login, string Sql, string Fault)> OfOurs => new()
    {
        ["a check at commit that never raises"] = (MigrationLogin.Owner,
            "CREATE OR REPLACE FUNCTION app.require_context" + OfNothing, Pinned),
        ["a check at commit of another search_path"] = (MigrationLogin.Owner, $"ALTER FUNCTION {Check} SET search_path = public, pg_catalog", Pinned),
        ["a check at commit that sees another tenant"] = (MigrationLogin.Superuser, $"ALTER FUNCTION {Check} SET app.current_org_id = ''", Pinned),
        ["a check at commit of another role"] = (MigrationLogin.Owner, $"ALTER FUNCTION {Check} SECURITY DEFINER", Pinned),
        ["DROP of the check at commit"] = (MigrationLogin.Owner, $"DROP FUNCTION {Check}", Pinned),
        ["RENAME of the check at commit"] = (MigrationLogin.Owner, $"ALTER FUNCTION {Check} RENAME TO other", Pinned),
        ["another check at commit beside it"] = (MigrationLogin.Owner,
            "CREATE FUNCTION app.require_context(text, text, text, text[]) RETURNS void LANGUAGE plpgsql AS 'BEGIN END'", Overload),
        ["another check at commit that takes anything"] = (MigrationLogin.Owner,
            "CREATE FUNCTION app.require_context(text, anyelement, text, text[]) RETURNS void LANGUAGE plpgsql AS 'BEGIN END'", Overload),
        ["another context function beside it"] = (MigrationLogin.Owner,
            "CREATE FUNCTION app.current_org_id(x int DEFAULT 1) RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'", Overload),
        ["another check at commit of an older version"] = (MigrationLogin.Owner,
            "CREATE FUNCTION app.require_context(expected_org_id uuid, expected_role name) RETURNS void LANGUAGE plpgsql AS 'BEGIN END'", Overload),
        ["any user"] = (MigrationLogin.Owner, "CREATE OR REPLACE FUNCTION app.current_user_id() RETURNS text LANGUAGE sql AS 'SELECT ''ann''::text'", Pinned),
        ["any roles"] = (MigrationLogin.Owner, "CREATE OR REPLACE FUNCTION app.current_roles() RETURNS text[] LANGUAGE sql AS 'SELECT ''{admin}''::text[]'",
            Pinned),
        ["a user of another search_path"] = (MigrationLogin.Owner, "ALTER FUNCTION app.current_user_id() SET search_path = public, pg_catalog", Pinned),
        ["RENAME of the roles"] = (MigrationLogin.Owner, "ALTER FUNCTION app.current_roles() RENAME TO other", Pinned),
        ["another function of the user beside it"] = (MigrationLogin.Owner,
            "CREATE FUNCTION app.current_user_id(x int DEFAULT 1) RETURNS text LANGUAGE sql AS 'SELECT NULL::text'", Overload),
        ["OWNER of the function of the roles"] = (MigrationLogin.Superuser, "ALTER FUNCTION app.current_roles() OWNER TO tenant_role", BecomesOwner),
        ["another demo"] = (MigrationLogin.Owner,
            "CREATE OR REPLACE FUNCTION app.demo_org_id() RETURNS uuid LANGUAGE sql IMMUTABLE AS 'SELECT gen_random_uuid()'", Pinned),
        ["OWNER of the check at commit"] = (MigrationLogin.Superuser, $"ALTER FUNCTION {Check} OWNER TO tenant_role", BecomesOwner),
        ["OWNER of a context function"] = (MigrationLogin.Superuser, "ALTER FUNCTION app.current_org_id() OWNER TO admin_role", BecomesOwner),
        ["organizations that nothing keeps"] = (MigrationLogin.Owner,
            "CREATE OR REPLACE FUNCTION app.keep_organization() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'", Pinned),
        ["DROP of what refuses DROP OWNED"] = (MigrationLogin.Owner, "DROP FUNCTION app.keep_policies() CASCADE", Pinned),
        ["DROP OWNED that nothing refuses"] = (MigrationLogin.Superuser,
            "CREATE OR REPLACE FUNCTION app.keep_policies() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'", Pinned),
        ["OWNER of what refuses DROP OWNED"] = (MigrationLogin.Superuser, "ALTER FUNCTION app.keep_policies() OWNER TO tenant_role", BecomesOwner),
        ["DROP TRIGGER of organizations"] = (MigrationLogin.Owner, "DROP TRIGGER keep_organization_row ON public.organizations", Kept),
        ["DISABLE TRIGGER of organizations"] = (MigrationLogin.Owner, "ALTER TABLE public.organizations DISABLE TRIGGER keep_organizations", Kept),
        ["ENABLE REPLICA TRIGGER of organizations"] = (MigrationLogin.Owner,
            "ALTER TABLE public.organizations ENABLE REPLICA TRIGGER keep_organization_id", Kept),
        ["a trigger of organizations that never fires"] = (MigrationLogin.Owner,
            "CREATE OR REPLACE TRIGGER keep_organization_row BEFORE DELETE ON public.organizations FOR EACH ROW WHEN (false) EXECUTE FUNCTION "
                + "app.keep_organization()", Kept),
        ["a trigger of organizations that does nothing"] = (MigrationLogin.Superuser,
            "DO $$ BEGIN CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'; CREATE OR REPLACE TRIGGER "
                + "keep_organization_id "
            + "BEFORE UPDATE OF id ON public.organizations FOR EACH ROW WHEN (NEW.id <> OLD.id) EXECUTE FUNCTION public.f(); END $$", Kept),
        ["the log without RLS"] = (MigrationLogin.Owner, "ALTER TABLE app.admin_access_log DISABLE ROW LEVEL SECURITY", Log),
        ["the log without FORCE"] = (MigrationLogin.Owner, "ALTER TABLE app.admin_access_log NO FORCE ROW LEVEL SECURITY", Log),
        ["GRANT of the log"] = (MigrationLogin.Owner, "GRANT SELECT (actor) ON app.admin_access_log TO tenant_role", Log),
        ["GRANT of changing the log"] = (MigrationLogin.Owner, "GRANT UPDATE ON app.admin_access_log TO admin_role", Log),
        ["a policy of the log for all"] = (MigrationLogin.Owner, "CREATE POLICY more ON app.admin_access_log USING (true)", Log),
        ["a policy of the log for its owner"] = (MigrationLogin.Owner, "CREATE POLICY more ON app.admin_access_log TO app_owner USING (true)", Log),
        ["ALTER POLICY of the log TO"] = (MigrationLogin.Owner, "ALTER POLICY admins_read ON app.admin_access_log TO PUBLIC", Log),
        ["ALTER POLICY of the log WITH CHECK"] = (MigrationLogin.Owner, "ALTER POLICY admins_add ON app.admin_access_log WITH CHECK (true)", Log),
        ["any name in the log"] = (MigrationLogin.Superuser, "CREATE OR REPLACE FUNCTION app_seal.admits_entry(actor text) RETURNS boolean LANGUAGE sql AS "
            + "'SELECT true'", Pinned),
        ["the keys without RLS"] = (MigrationLogin.Superuser, "ALTER TABLE app_seal.keys DISABLE ROW LEVEL SECURITY", Keys),
        ["a policy of the keys"] = (MigrationLogin.Superuser, "CREATE POLICY more ON app_seal.keys USING (true)", Keys),
        ["statistics of the keys"] = (MigrationLogin.Superuser, "ALTER TABLE app_seal.keys ALTER key_block SET STATISTICS 100", Keys),
    };
}
