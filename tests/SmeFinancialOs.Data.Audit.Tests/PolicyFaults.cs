using static SmeFinancialOs.Data.Audit.Tests.PlantedFault;

namespace SmeFinancialOs.Data.Audit.Tests;

/// <summary>Faults of policies and what they call.</summary>
internal static class PolicyFaults
{
    private const string Ok = "org_id = (SELECT app.current_org_id())";

    internal static IReadOnlyList<PlantedFault> All { get; } =
    [
        Of("policy-rls-off", "public.items", "ALTER TABLE public.items DISABLE ROW LEVEL SECURITY", "table-without-rls"),
        Of("policy-always-true", "open on public.items", "CREATE POLICY open ON public.items FOR SELECT TO $tenant USING (true)", "policies-or"),
        Of("policy-or-null", "tenant_isolation on public.items", $$"""
            ALTER POLICY tenant_isolation ON public.items USING ({{Ok}} OR (SELECT app.current_org_id()) IS NULL)
            """),
        Of("policy-has-role", "tenant_isolation on public.items", $$"""
            ALTER POLICY tenant_isolation ON public.items USING ({{Ok}} OR pg_has_role(current_user, '$admin', 'MEMBER'))
            """),
        Of("policy-not-tenant", "tenant_isolation on public.items", "ALTER POLICY tenant_isolation ON public.items USING (code IS NOT NULL)"),
        Of("policy-check-loose", "tenant_isolation on public.items", "ALTER POLICY tenant_isolation ON public.items WITH CHECK (true)"),
        Of("policies-or", "public.items", "CREATE POLICY more ON public.items FOR SELECT TO $tenant USING (org_id = (SELECT app.demo_org_id()))"),
        Of("policy-command-gap", "demo_no_writes_insert on public.items", "DROP POLICY demo_no_writes_delete ON public.items"),
        Of("policy-tenant-literal", "demo_read_only on public.items", """
            ALTER POLICY demo_read_only ON public.items USING (org_id = 'de300000-0000-4000-8000-000000000001')
            """),
        Of("policy-by-inheritance", "x on public.items", """
            CREATE ROLE aud_x;
            ALTER ROLE $app INHERIT;
            GRANT aud_x TO $app;
            CREATE POLICY x ON public.items FOR SELECT TO aud_x USING (true)
            """, "policy-always-true", "membership-inherits"),
        Of("policy-casts-column", "tenant_isolation on public.items", """
            ALTER POLICY tenant_isolation ON public.items
                USING (org_id::text = (SELECT current_setting('app.current_org_id', true))) WITH CHECK (org_id = (SELECT app.current_org_id()))
            """),
        Of("setting-unwrapped", "tenant_isolation on public.items", "ALTER POLICY tenant_isolation ON public.items USING (org_id = app.current_org_id())"),
        Of("setting-function-immutable", "app.current_org_id()", "ALTER FUNCTION app.current_org_id() IMMUTABLE"),
        Of("setting-function-volatile", "app.current_org_id()", "ALTER FUNCTION app.current_org_id() VOLATILE"),
        Of("setting-without-missing-ok", "tenant_isolation on public.items", """
            ALTER POLICY tenant_isolation ON public.items USING (org_id = (SELECT NULLIF(current_setting('app.current_org_id'), '')::uuid))
            """),
        Of("setting-without-nullif", "tenant_isolation on public.items", """
            ALTER POLICY tenant_isolation ON public.items USING (org_id = (SELECT current_setting('app.current_org_id', true)::uuid))
            """),
        Of("policy-reads-unprotected-table", "tenant_isolation on public.items", $$"""
            CREATE TABLE public.flags (on_ boolean);
            ALTER POLICY tenant_isolation ON public.items USING ({{Ok}} AND EXISTS (SELECT FROM public.flags))
            """) with { Person = "who may read a table without tenant column is not in the catalog" },
        Of("policy-always-true", "tenant_isolation on public.items", $$"""
            ALTER POLICY tenant_isolation ON public.items USING ({{Ok}} OR true)
            """) with { Form = "one branch" },
        Of("policy-always-true", "tenant_isolation on public.items", """
            ALTER POLICY tenant_isolation ON public.items USING (org_id = org_id)
            """) with { Form = "compared with itself" },
        Of("policy-not-tenant", "tenant_isolation on public.items", """
            ALTER POLICY tenant_isolation ON public.items USING (org_id = COALESCE((SELECT app.current_org_id()), org_id))
            """) with { Form = "COALESCE with the column itself" },
        Of("policy-not-tenant", "tenant_isolation on public.items", $$"""
            ALTER POLICY tenant_isolation ON public.items USING ({{Ok}} OR code = 'public')
            """) with { Form = "one open branch" },
        Of("policy-not-tenant", "tenant_isolation on public.items", """
            ALTER POLICY tenant_isolation ON public.items USING (NOT (org_id = (SELECT app.current_org_id())))
            """) with { Form = "everybody else" },
        Of("policy-or-null", "tenant_isolation on public.items", $$"""
            ALTER POLICY tenant_isolation ON public.items
                USING (({{Ok}} OR NULLIF(current_setting('app.current_org_id', true), '') IS NULL) AND code IS NOT NULL)
            """, "setting-unwrapped") with { Form = "below AND" },
        Of("policy-or-null", "tenant_isolation on public.items", $$"""
            ALTER POLICY tenant_isolation ON public.items USING ({{Ok}} OR (SELECT current_setting('app.current_org_id', true)) = '')
            """) with { Form = "an empty setting" },
        Of("policy-not-understood", "tenant_isolation on public.items", """
            CREATE TABLE public.members (org_id uuid, who text);
            ALTER TABLE public.members ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
            ALTER POLICY tenant_isolation ON public.items USING (org_id IN (SELECT m.org_id FROM public.members m WHERE m.who = current_user))
            """, "tenant-column-nullable", "tenant-column-not-indexed", "tenant-column-without-foreign-key", "table-without-policy") with
        {
            Person = "no catalog says whether the members are right",
        },
        Of("policy-not-understood", "tenant_isolation on public.items", """
            CREATE FUNCTION public.mine(uuid) RETURNS boolean LANGUAGE sql STABLE RETURN $1 = app.current_org_id();
            ALTER POLICY tenant_isolation ON public.items USING (public.mine(org_id))
            """) with { Form = "a function of the row", Person = "what a function decides is not in the catalog" },
        Of("policy-not-understood", "tenant_isolation on public.items", """
            ALTER POLICY tenant_isolation ON public.items USING (org_id = (SELECT NULLIF(current_setting('app.other', true), '')::uuid))
            """) with { Form = "another setting", Person = "which setting names the tenant is an option" },
        Of("policy-check-loose", "more on public.items", """
            CREATE POLICY more ON public.items FOR INSERT TO $tenant WITH CHECK (code IS NOT NULL)
            """) with { Form = "INSERT alone" },
        Of("policy-check-loose", "more on public.items", """
            CREATE POLICY more ON public.items FOR INSERT TO $tenant WITH CHECK (org_id <> (SELECT app.demo_org_id()))
            """) with { Form = "a ban that is permissive" },
        Of("policy-casts-column", "tenant_isolation on public.items", """
            ALTER POLICY tenant_isolation ON public.items USING ((org_id::text = (SELECT current_setting('app.current_org_id', true))) AND code IS NOT NULL)
            """) with { Form = "and more conditions" },
        Of("setting-unwrapped", "tenant_isolation on public.items", """
            ALTER POLICY tenant_isolation ON public.items USING (org_id = NULLIF(current_setting('app.current_org_id', true), '')::uuid)
            """) with { Form = "the setting itself" },
        Of("setting-without-nullif", "tenant_isolation on public.items", """
            ALTER POLICY tenant_isolation ON public.items USING (org_id = (SELECT current_setting('app.current_org_id', true))::uuid)
            """) with { Form = "cast outside the sub-select" },
        Of("setting-without-missing-ok", "public.cur()", """
            CREATE FUNCTION public.cur() RETURNS uuid LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
                AS $f$ SELECT NULLIF(current_setting('app.current_org_id'), '')::uuid $f$;
            ALTER POLICY tenant_isolation ON public.items USING (org_id = (SELECT public.cur()))
            """) with { Form = "in a function" },
        Of("setting-without-nullif", "public.cur()", """
            CREATE FUNCTION public.cur() RETURNS uuid LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
                AS $f$ SELECT current_setting('app.current_org_id', true)::uuid $f$;
            ALTER POLICY tenant_isolation ON public.items USING (org_id = (SELECT public.cur()))
            """) with { Form = "in a function" },
        Of("setting-without-nullif", "public.cur()", """
            CREATE FUNCTION public.cur() RETURNS uuid LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
                AS $f$ SELECT CAST(current_setting('app.current_org_id', true) AS uuid) $f$;
            ALTER POLICY tenant_isolation ON public.items USING (org_id = (SELECT public.cur()))
            """) with { Form = "CAST in a function" },
        Of("policy-function-search-path", "public.cur()", """
            CREATE FUNCTION public.cur() RETURNS uuid LANGUAGE sql STABLE AS $f$ SELECT NULLIF(current_setting('app.current_org_id', true), '')::uuid $f$;
            ALTER POLICY tenant_isolation ON public.items USING (org_id = (SELECT public.cur()))
            """),
    ];
}
