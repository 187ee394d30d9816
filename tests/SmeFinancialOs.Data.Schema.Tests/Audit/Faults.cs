namespace SmeFinancialOs.Data.Schema.Tests.Audit;

// What makes each rule fire. Also: rules that rightly find the same fault. Since: the first version that has it.
internal sealed record Fault(string Rule, string Plant, string ObjectName, string[] Also, int Since);

internal static class Faults
{
    private const string Ok = "org_id = (SELECT app.current_org_id())";

    internal static IReadOnlyList<Fault> All { get; } =
    [
        Of("table-without-rls", "ALTER TABLE public.items DISABLE ROW LEVEL SECURITY", "public.items", "policy-rls-off"),
        Of("table-not-forced", "ALTER TABLE public.items NO FORCE ROW LEVEL SECURITY", "public.items"),
        Of("table-without-policy", "CREATE TABLE public.bare (org_id uuid PRIMARY KEY REFERENCES public.organizations); ALTER TABLE public.bare ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY", "public.bare"),
        Of("tenant-column-not-indexed", "ALTER TABLE public.items DROP CONSTRAINT items_pkey", "public.items"),
        Of("tenant-column-nullable", "ALTER TABLE public.items DROP CONSTRAINT items_pkey; ALTER TABLE public.items ALTER org_id DROP NOT NULL; CREATE INDEX ON public.items (org_id)", "public.items"),
        Of("tenant-column-type", "CREATE TABLE public.texts (org_id text PRIMARY KEY); ALTER TABLE public.texts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY", "public.texts", "tenant-column-without-foreign-key", "table-without-policy"),
        Of("tenant-column-without-foreign-key", "ALTER TABLE public.items DROP CONSTRAINT items_org_id_fkey", "public.items"),
        Of("table-without-tenant-column", "CREATE TABLE public.countries (code text PRIMARY KEY); GRANT SELECT ON public.countries TO $tenant", "public.countries"),
        Of("child-open", "CREATE TABLE public.child () INHERITS (public.items); GRANT SELECT ON public.child TO $tenant", "public.child"),
        Of("key-without-tenant-column", "ALTER TABLE public.items ADD UNIQUE (code)", "items_code_key on public.items"),
        Of("foreign-key-without-tenant-column", "ALTER TABLE public.items ADD UNIQUE (id), ADD parent uuid, ADD CONSTRAINT up FOREIGN KEY (parent) REFERENCES public.items (id)", "up on public.items", "key-without-tenant-column"),
        Of("foreign-key-nulls-tenant", "ALTER TABLE public.items ADD parent uuid, ADD CONSTRAINT up FOREIGN KEY (org_id, parent) REFERENCES public.items ON DELETE SET NULL", "up on public.items"),
        Of("policy-rls-off", "ALTER TABLE public.items DISABLE ROW LEVEL SECURITY", "public.items", "table-without-rls"),
        Of("policy-always-true", "CREATE POLICY open ON public.items FOR SELECT TO $tenant USING (true)", "open on public.items", "policies-or"),
        Of("policy-or-null", $"ALTER POLICY tenant_isolation ON public.items USING ({Ok} OR (SELECT app.current_org_id()) IS NULL)", "tenant_isolation on public.items"),
        Of("policy-has-role", $"ALTER POLICY tenant_isolation ON public.items USING ({Ok} OR pg_has_role(current_user, '$admin', 'MEMBER'))", "tenant_isolation on public.items"),
        Of("policy-not-tenant", "ALTER POLICY tenant_isolation ON public.items USING (code IS NOT NULL)", "tenant_isolation on public.items"),
        Of("policy-check-loose", "ALTER POLICY tenant_isolation ON public.items WITH CHECK (true)", "tenant_isolation on public.items"),
        Of("policies-or", "CREATE POLICY more ON public.items FOR SELECT TO $tenant USING (org_id = (SELECT app.demo_org_id()))", "public.items"),
        Of("policy-command-gap", "DROP POLICY demo_no_writes_delete ON public.items", "demo_no_writes_insert on public.items"),
        Of("policy-tenant-literal", "ALTER POLICY demo_read_only ON public.items USING (org_id = 'de300000-0000-4000-8000-000000000001')", "demo_read_only on public.items"),
        Of("policy-by-inheritance", "CREATE ROLE aud_x; ALTER ROLE $app INHERIT; GRANT aud_x TO $app; CREATE POLICY x ON public.items FOR SELECT TO aud_x USING (true)", "x on public.items", "policy-always-true", "membership-inherits"),
        Of("policy-casts-column", "ALTER POLICY tenant_isolation ON public.items USING (org_id::text = (SELECT current_setting('app.current_org_id', true))) WITH CHECK (org_id = (SELECT app.current_org_id()))", "tenant_isolation on public.items"),
        Of("setting-unwrapped", "ALTER POLICY tenant_isolation ON public.items USING (org_id = app.current_org_id())", "tenant_isolation on public.items"),
        Of("setting-function-immutable", "ALTER FUNCTION app.current_org_id() IMMUTABLE", "app.current_org_id()"),
        Of("setting-function-volatile", "ALTER FUNCTION app.current_org_id() VOLATILE", "app.current_org_id()"),
        Of("setting-without-missing-ok", "ALTER POLICY tenant_isolation ON public.items USING (org_id = (SELECT NULLIF(current_setting('app.current_org_id'), '')::uuid))", "tenant_isolation on public.items"),
        Of("setting-without-nullif", "ALTER POLICY tenant_isolation ON public.items USING (org_id = (SELECT current_setting('app.current_org_id', true)::uuid))", "tenant_isolation on public.items"),
        Of("policy-reads-unprotected-table", $"CREATE TABLE public.flags (on_ boolean); ALTER POLICY tenant_isolation ON public.items USING ({Ok} AND EXISTS (SELECT FROM public.flags))", "tenant_isolation on public.items"),
        Of("login-superuser", "ALTER ROLE $app SUPERUSER", "$app"),
        Of("login-bypassrls", "ALTER ROLE $app BYPASSRLS", "$app"),
        Of("login-createrole", "CREATE ROLE aud_x CREATEROLE; GRANT aud_x TO $adm", "$adm"),
        Of("login-replication", "ALTER ROLE $app REPLICATION", "$app"),
        Of("login-owns-table", "CREATE ROLE aud_x; GRANT aud_x TO $app; ALTER TABLE public.items OWNER TO aud_x", "public.items"),
        Of("login-may-become-admin", "GRANT $admin TO $app", "$app", "membership-inherits", "policy-by-inheritance"),
        Of("membership-inherits", "ALTER ROLE $app INHERIT; CREATE ROLE aud_x; GRANT $demo TO aud_x; GRANT aud_x TO $app", "$app", "policy-by-inheritance"),
        Of("login-dangerous-role", "GRANT pg_read_server_files TO $app", "$app"),
        Of("login-missing", "ALTER ROLE $app RENAME TO aud_gone", "$app"),
        Of("schema-create", "GRANT CREATE ON SCHEMA public TO $tenant", "public"),
        Of("database-temp", "GRANT TEMPORARY ON DATABASE $database TO PUBLIC", "$database"),
        Of("default-tenant", "ALTER ROLE $app SET app.current_org_id = 'x'", "ROLE $app"),
        Of("default-role", "ALTER ROLE $app SET role = '$tenant'", "ROLE $app"),
        Of("row-security-off", "ALTER DATABASE $database SET row_security = off", "DATABASE $database"),
        Of("default-privileges", "ALTER DEFAULT PRIVILEGES FOR ROLE $owner IN SCHEMA public GRANT SELECT ON TABLES TO $tenant", "$owner IN SCHEMA public"),
        Of("view-without-invoker", "CREATE VIEW public.v AS SELECT * FROM public.items; GRANT SELECT ON public.v TO $tenant", "public.v"),
        Of("view-over-definer-view", "CREATE VIEW public.inner_v AS SELECT * FROM public.items; CREATE VIEW public.v WITH (security_invoker = true) AS SELECT * FROM public.inner_v; GRANT SELECT ON public.v TO $tenant", "public.inner_v"),
        Of("materialized-view-open", "CREATE MATERIALIZED VIEW public.m AS SELECT * FROM public.items; GRANT SELECT ON public.m TO $tenant", "public.m"),
        Of("foreign-table-open", "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE public.f (a int) SERVER s; GRANT SELECT ON public.f TO $tenant", "public.f"),
        Of("definer-search-path", "SET LOCAL ROLE $owner; CREATE FUNCTION public.d() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = public AS 'SELECT 1'; RESET ROLE", "public.d()"),
        Of("definer-bypasses", "CREATE FUNCTION public.d() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS 'SELECT 1'", "public.d()"),
        Of("function-leakproof", "CREATE FUNCTION public.l(text) RETURNS boolean LANGUAGE sql LEAKPROOF AS 'SELECT true'", "public.l(text)"),
        Of("large-objects-open", "GRANT EXECUTE ON FUNCTION pg_catalog.lo_get(oid) TO PUBLIC", "pg_catalog.lo_get(oid)"),
        Of("grant-truncate", "GRANT TRUNCATE ON public.items TO $tenant", "public.items"),
        Of("grant-references", "GRANT REFERENCES (id) ON public.items TO $tenant", "public.items"),
        Of("grant-trigger", "GRANT TRIGGER ON public.items TO PUBLIC", "public.items"),
        Of("grant-maintain", "GRANT MAINTAIN ON public.items TO $tenant", "public.items") with { Since = 17 },
        Of("sequence-readable", "CREATE SEQUENCE public.s; GRANT SELECT ON SEQUENCE public.s TO $tenant", "public.s"),
        Of("publication-without-filter", "CREATE PUBLICATION p FOR TABLE public.items", "public.items in publication p"),
        Of("event-trigger-disabled", "CREATE FUNCTION public.g() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER guard ON ddl_command_end EXECUTE FUNCTION public.g(); ALTER EVENT TRIGGER guard DISABLE", "guard"),
    ];

    private static Fault Of(string rule, string plant, string objectName, params string[] also) => new(rule, plant, objectName, also, 0);
}
