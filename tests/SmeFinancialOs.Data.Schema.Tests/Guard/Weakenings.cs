namespace SmeFinancialOs.Data.Schema.Tests.Guard;

// What a careless migration could do, who can do it, and what the guard says. {0}: nothing; SQL of one command where PostgreSQL allows it.
internal static class Weakenings
{
    private const string NotProtected = "row-level security is not enabled";
    private const string NotOurs = "its tenant column or its policies are not as app.protect_table makes them";
    private const string Permissive = "permissive policies are ORed";
    private const string NoInvoker = "a view without security_invoker";
    private const string SearchPath = "takes names from its caller's search_path";
    private const string Pinned = "not the one that was there when the guard was turned on";

    internal static IReadOnlyDictionary<string, (Actor Actor, string Sql, string Fault)> All { get; } = new Dictionary<string, (Actor, string, string)>
    {
        ["CREATE TABLE"] = (Actor.Owner, "CREATE TABLE public.t (org_id uuid NOT NULL)", NotProtected),
        ["CREATE TABLE AS"] = (Actor.Owner, "CREATE TABLE public.t AS SELECT * FROM public.orders", NotProtected),
        ["SELECT INTO"] = (Actor.Owner, "SELECT * INTO public.t FROM public.orders", NotProtected),
        ["CREATE TABLE LIKE"] = (Actor.Owner, "CREATE TABLE public.t (LIKE public.orders INCLUDING ALL)", NotProtected),
        ["CREATE UNLOGGED TABLE"] = (Actor.Owner, "CREATE UNLOGGED TABLE public.t (a int)", NotProtected),
        ["CREATE SCHEMA with elements"] = (Actor.Superuser, "CREATE SCHEMA s CREATE TABLE t (org_id uuid)", NotProtected),
        ["CREATE SCHEMA with a view"] = (Actor.Superuser, "CREATE SCHEMA s CREATE VIEW v AS SELECT * FROM public.orders", NoInvoker),
        ["a table in the schema app"] = (Actor.Owner, "CREATE TABLE app.t (org_id uuid)", NotProtected),
        ["a superuser's table"] = (Actor.Superuser, "CREATE TABLE public.t (org_id uuid)", NotProtected),
        ["RLS without FORCE"] = (Actor.Owner, "DO $$ BEGIN CREATE TABLE public.t (org_id uuid NOT NULL); ALTER TABLE public.t ENABLE ROW LEVEL SECURITY; END $$", "not forced upon its owner"),
        ["RLS without policies"] = (Actor.Owner, "DO $$ BEGIN CREATE TABLE public.t (org_id uuid NOT NULL); ALTER TABLE public.t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; END $$", NotOurs),
        ["CREATE PARTITION OF"] = (Actor.Owner, "CREATE TABLE public.t PARTITION OF public.events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')", NotProtected),
        ["ATTACH PARTITION"] = (Actor.Owner, "DO $$ BEGIN CREATE TABLE public.t (LIKE public.events); ALTER TABLE public.events ATTACH PARTITION public.t FOR VALUES FROM ('2027-01-01') TO ('2028-01-01'); END $$", NotProtected),
        ["INHERITS"] = (Actor.Owner, "CREATE TABLE public.t () INHERITS (public.orders)", NotProtected),
        ["INHERIT of a protected table"] = (Actor.Owner, "DO $$ BEGIN ALTER TABLE public.countries ADD org_id uuid; ALTER TABLE public.orders ADD code text NOT NULL DEFAULT ''; ALTER TABLE public.orders INHERIT public.countries; END $$", "its parent is unprotected"),
        ["DETACH PARTITION"] = (Actor.Owner, "ALTER TABLE public.events DETACH PARTITION public.events_2026", NotOurs),
        ["DISABLE"] = (Actor.Owner, "ALTER TABLE public.orders DISABLE ROW LEVEL SECURITY", NotProtected),
        ["DISABLE on a partition"] = (Actor.Owner, "ALTER TABLE public.events_2026 DISABLE ROW LEVEL SECURITY", NotProtected),
        ["NO FORCE"] = (Actor.Owner, "ALTER TABLE public.orders NO FORCE ROW LEVEL SECURITY", "not forced upon its owner"),
        ["DROP POLICY"] = (Actor.Owner, "DROP POLICY tenant_isolation ON public.orders", NotOurs),
        ["DROP a restrictive policy"] = (Actor.Owner, "DROP POLICY demo_no_writes_update ON public.orders", NotOurs),
        ["DROP FUNCTION CASCADE"] = (Actor.Owner, "DROP FUNCTION app.demo_org_id() CASCADE", NotOurs),
        ["ALTER POLICY USING"] = (Actor.Owner, "ALTER POLICY tenant_isolation ON public.orders USING (true)", NotOurs),
        ["ALTER POLICY WITH CHECK"] = (Actor.Owner, "ALTER POLICY tenant_isolation ON public.orders WITH CHECK (true)", NotOurs),
        ["ALTER POLICY TO"] = (Actor.Owner, "ALTER POLICY admin_access ON public.orders TO tenant_role", NotOurs),
        ["RENAME POLICY"] = (Actor.Owner, "ALTER POLICY demo_no_writes_insert ON public.orders RENAME TO other", NotOurs),
        ["one more policy"] = (Actor.Owner, "CREATE POLICY more ON public.orders FOR SELECT TO tenant_role USING (note IS NULL)", Permissive),
        ["one more policy for PUBLIC"] = (Actor.Owner, "CREATE POLICY more ON public.orders USING (true)", Permissive),
        ["a policy on a partition"] = (Actor.Owner, "CREATE POLICY more ON public.events_2026 TO tenant_role USING (true)", Permissive),
        ["DROP NOT NULL"] = (Actor.Owner, "ALTER TABLE public.orders DROP CONSTRAINT orders_pkey, ALTER org_id DROP NOT NULL", NotOurs),
        ["a policy on another column"] = (Actor.Owner, "DO $$ BEGIN ALTER TABLE public.orders ADD other uuid; ALTER POLICY tenant_isolation ON public.orders USING (other = (SELECT app.current_org_id())) WITH CHECK (other = (SELECT app.current_org_id())); END $$", NotOurs),
        ["DISABLE TRIGGER ALL"] = (Actor.Superuser, "ALTER TABLE public.orders DISABLE TRIGGER ALL", "foreign keys are not checked"),
        ["CREATE RULE"] = (Actor.Owner, "CREATE RULE r AS ON INSERT TO public.orders DO ALSO NOTIFY x", "a rewrite rule"),
        ["OWNER TO"] = (Actor.Superuser, "ALTER TABLE public.orders OWNER TO tenant_role", "which a login of the app can become"),
        ["a view"] = (Actor.Owner, "CREATE VIEW public.v AS SELECT * FROM public.orders", NoInvoker),
        ["a view with security_barrier"] = (Actor.Owner, "CREATE VIEW public.v WITH (security_barrier) AS SELECT * FROM public.orders", NoInvoker),
        ["CREATE OR REPLACE VIEW"] = (Actor.Owner, "CREATE OR REPLACE VIEW public.notes AS SELECT org_id, note FROM public.orders", NoInvoker),
        ["ALTER VIEW RESET"] = (Actor.Owner, "ALTER VIEW public.notes RESET (security_invoker)", NoInvoker),
        ["ALTER VIEW SET false"] = (Actor.Owner, "ALTER VIEW public.notes SET (security_invoker = off)", NoInvoker),
        ["a materialized view"] = (Actor.Owner, "CREATE MATERIALIZED VIEW public.m AS SELECT * FROM public.orders", "a materialized view has no policies"),
        ["a foreign table"] = (Actor.Superuser, "DO $$ BEGIN CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE public.f (a int) SERVER s; END $$", "a foreign table has no policies"),
        ["SECURITY DEFINER without search_path"] = (Actor.Owner, "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'", SearchPath),
        ["SECURITY DEFINER without pg_temp"] = (Actor.Owner, "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = public AS 'SELECT 1'", SearchPath),
        ["SECURITY DEFINER with pg_temp in front"] = (Actor.Owner, "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_temp, public AS 'SELECT 1'", SearchPath),
        ["ALTER FUNCTION RESET"] = (Actor.Owner, "ALTER FUNCTION public.counted() RESET search_path", SearchPath),
        ["ALTER FUNCTION SECURITY DEFINER"] = (Actor.Owner, "ALTER FUNCTION app.delete_organization(uuid) SECURITY DEFINER RESET ALL", SearchPath),
        ["a SECURITY DEFINER procedure"] = (Actor.Owner, "CREATE PROCEDURE public.p() LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'", SearchPath),
        ["a superuser's SECURITY DEFINER"] = (Actor.Superuser, "CREATE FUNCTION public.f() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT count(*) FROM public.orders'", "a role that no policy binds"),
        ["GRANT TRUNCATE"] = (Actor.Owner, "GRANT TRUNCATE ON public.orders TO tenant_role", "tenant_role may TRUNCATE it"),
        ["GRANT ALL"] = (Actor.Owner, "GRANT ALL ON ALL TABLES IN SCHEMA public TO tenant_role", "tenant_role may"),
        ["GRANT REFERENCES on a column"] = (Actor.Owner, "GRANT REFERENCES (id) ON public.orders TO tenant_role", "tenant_role may REFERENCES it"),
        ["GRANT TRIGGER on a reference table"] = (Actor.Owner, "GRANT TRIGGER ON public.countries TO tenant_role", "tenant_role may TRIGGER it"),
        ["GRANT TO PUBLIC"] = (Actor.Owner, "GRANT SELECT ON public.orders TO PUBLIC", "PUBLIC may SELECT it"),
        ["GRANT to the login"] = (Actor.Owner, "GRANT SELECT ON public.orders TO app_user", "app_user may SELECT it"),
        ["GRANT writing to the demo"] = (Actor.Owner, "GRANT DELETE ON public.orders TO demo_role", "demo_role may DELETE it"),
        ["WITH GRANT OPTION"] = (Actor.Owner, "GRANT SELECT ON public.orders TO tenant_role WITH GRANT OPTION", "(and grant it)"),
        ["GRANT on a partition"] = (Actor.Owner, "GRANT SELECT ON public.events_2026 TO tenant_role", "tenant_role may SELECT it"),
        ["ALTER DEFAULT PRIVILEGES"] = (Actor.Owner, "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO tenant_role", "before these have a policy"),
        ["GRANT CREATE ON SCHEMA"] = (Actor.Superuser, "GRANT CREATE ON SCHEMA public TO app_user", "the app may create objects in it"),
        ["a VOLATILE context function"] = (Actor.Owner, "ALTER FUNCTION app.current_org_id() VOLATILE", Pinned),
        ["an IMMUTABLE context function"] = (Actor.Owner, "ALTER FUNCTION app.current_org_id() IMMUTABLE", Pinned),
        ["another context function"] = (Actor.Owner, "CREATE OR REPLACE FUNCTION app.current_org_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE RETURN current_setting('x.y', true)::uuid", Pinned),
        ["another demo"] = (Actor.Owner, "CREATE OR REPLACE FUNCTION app.demo_org_id() RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN gen_random_uuid()", Pinned),
        ["a reference table made anew"] = (Actor.Owner, "DO $$ BEGIN DROP TABLE public.countries; CREATE TABLE public.countries (code text); END $$", NotProtected),
        ["no longer allowed"] = (Actor.Owner, "SELECT app_guard.disallow('public.countries')", NotProtected),
        ["in a session that says it replicates"] = (Actor.Superuser, "SET session_replication_role = replica; CREATE TABLE public.t (org_id uuid)", NotProtected),
        ["REASSIGN OWNED"] = (Actor.Superuser, "REASSIGN OWNED BY app_owner TO tenant_role; COMMENT ON TABLE public.orders IS 'seen with the next command'", "which a login of the app can become"),
    };
}
