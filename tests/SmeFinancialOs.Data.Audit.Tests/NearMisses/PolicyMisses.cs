using static SmeFinancialOs.Data.Audit.Tests.NearMisses.NearMiss;

namespace SmeFinancialOs.Data.Audit.Tests.NearMisses;

/// <summary>Policies and what they call.</summary>
internal static class PolicyMisses
{
    private const string Ok = "org_id = (SELECT app.current_org_id())";

    internal static IReadOnlyList<NearMiss> All { get; } =
    [
        Of("policy-rls-off", "enabled, though not forced", "ALTER TABLE public.items NO FORCE ROW LEVEL SECURITY"),
        Of("policy-always-true", "restrictive", "CREATE POLICY more ON public.items AS RESTRICTIVE TO $tenant USING (true)"),
        Of("policy-always-true", "true and the tenant", Isolation($"{Ok} AND true")),
        Of("policy-or-null", "IS NOT NULL", Isolation($"{Ok} AND (SELECT app.current_org_id()) IS NOT NULL")),
        Of("policy-or-null", "NULL of another column", Isolation($"{Ok} AND (code IS NULL OR code <> 'hidden')")),
        Of("policy-has-role", "restrictive",
            "CREATE POLICY more ON public.items AS RESTRICTIVE FOR DELETE TO $tenant USING (pg_has_role(current_user, '$tenant', 'USAGE'))"),
        Of("policy-not-tenant", "a second condition", Isolation($"{Ok} AND code IS NOT NULL")),
        Of("policy-not-tenant", "held by a restrictive policy", $$"""
            CREATE POLICY bounds ON public.items AS RESTRICTIVE TO $tenant USING ({{Ok}});
            ALTER POLICY tenant_isolation ON public.items USING (code IS NOT NULL) WITH CHECK (code IS NOT NULL)
            """),
        Of("policy-check-loose", "stricter than USING", $"ALTER POLICY tenant_isolation ON public.items WITH CHECK ({Ok} AND code <> 'closed')"),
        Of("policies-or", "both of the tenant", $"CREATE POLICY more ON public.items FOR SELECT TO $tenant USING ({Ok} AND code = 'a')"),
        Of("policies-or", "for other roles", "CREATE POLICY more ON public.items FOR SELECT TO $admin USING (true)"),
        Of("policy-command-gap", "nobody of the app may delete", """
            DROP POLICY demo_no_writes_delete ON public.items;
            REVOKE DELETE ON public.items FROM $tenant
            """),
        Of("policy-command-gap", "a policy that lets nothing be deleted", "ALTER POLICY demo_no_writes_delete ON public.items USING (false)"),
        Of("policy-command-gap", "an OR that changes nothing", """
            ALTER POLICY demo_no_writes_delete ON public.items USING (org_id <> (SELECT app.demo_org_id()) OR false)
            """),
        Of("policy-command-gap", "an OR with a comparison that is false", """
            ALTER POLICY demo_no_writes_delete ON public.items USING (org_id <> (SELECT app.demo_org_id()) OR 1 = 2 OR 'a'::text <> 'a'::text)
            """),
        Of("policy-command-gap", "an OR of which each branch keeps the tenant out", """
            ALTER POLICY demo_no_writes_delete ON public.items
                USING (org_id <> (SELECT app.demo_org_id()) OR (org_id <> (SELECT app.demo_org_id()) AND code = 'a'))
            """),
        Of("policy-command-gap", "an OR for rows without a tenant", """
            ALTER POLICY demo_no_writes_delete ON public.items USING (org_id <> (SELECT app.demo_org_id()) OR org_id IS NULL)
            """),
        Of("policy-command-gap", "false in other words", "ALTER POLICY demo_no_writes_delete ON public.items USING (code = 'a' AND (false OR false))"),
        Of("policy-tenant-literal", "a literal of another column", Isolation($"{Ok} AND id <> 'de300000-0000-4000-8000-000000000001'")),
        Of("policy-by-inheritance", "a policy that is the tenant's", $$"""
            CREATE ROLE aud_x;
            ALTER ROLE $app INHERIT;
            GRANT aud_x TO $app;
            CREATE POLICY more ON public.items FOR SELECT TO aud_x USING ({{Ok}})
            """),
        Of("policy-casts-column", "casts the setting", Isolation("org_id = (SELECT NULLIF(current_setting('app.current_org_id', true), '')::uuid)")),
        Of("policy-casts-column", "casts another column", Isolation($"{Ok} AND code::varchar(3) <> 'xyz'")),
        Of("setting-unwrapped", "IN (SELECT ..)", Isolation("org_id IN (SELECT app.current_org_id())")),
        Of("setting-function-immutable", "reads no setting", $$"""
            CREATE FUNCTION public.limit_of() RETURNS int LANGUAGE sql IMMUTABLE RETURN 3;
            ALTER POLICY tenant_isolation ON public.items USING ({{Ok}} AND length(code) > (SELECT public.limit_of()))
            """),
        Of("setting-function-volatile", "no policy calls it", """
            CREATE FUNCTION public.zone() RETURNS text LANGUAGE sql VOLATILE RETURN current_setting('app.zone', true)
            """),
        Of("setting-without-missing-ok", "a setting of PostgreSQL itself", Isolation($"{Ok} AND (SELECT current_setting('server_version_num')::int) > 0")),
        Of("setting-without-nullif", "a setting that is no tenant and is not cast", Isolation($"{Ok} AND code = (SELECT current_setting('app.code', true))")),
        Of("policy-reads-unprotected-table", "a protected one", Isolation($"{Ok} AND EXISTS (SELECT FROM public.organizations o WHERE o.id = org_id)")),
        Of("policy-not-understood", "what stands beside the tenant", Isolation($"{Ok} AND length(code) < 5")),
        Of("policy-function-search-path", "a pinned path", $$"""
            CREATE FUNCTION public.yes() RETURNS boolean LANGUAGE sql STABLE SET search_path = '' AS 'SELECT true';
            ALTER POLICY tenant_isolation ON public.items USING ({{Ok}} AND (SELECT public.yes()))
            """),
    ];

    private static string Isolation(string condition) => $"ALTER POLICY tenant_isolation ON public.items USING ({condition})";
}
