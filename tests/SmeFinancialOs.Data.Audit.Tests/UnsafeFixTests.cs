namespace SmeFinancialOs.Data.Audit.Tests;

/// <summary>
/// Fixes that would open a table, or take from somebody what worked: complete, but not safe without looking at them. Each was applied as safe once.
/// </summary>
public sealed class UnsafeFixTests(AuditDatabase database) : IClassFixture<AuditDatabase>
{
    public static TheoryData<string, string, string> Cases => new()
    {
        { "policy-casts-column", "tenant_isolation on public.items", """
            CREATE FUNCTION app.verified_org() RETURNS text LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('app.current_org_id', true), '')
                WHERE md5(current_setting('app.current_org_id', true)) = current_setting('app.signature', true) $$;
            ALTER POLICY tenant_isolation ON public.items USING (org_id::text = (SELECT app.verified_org()));
            """ },
        { "setting-without-nullif", "tenant_isolation on public.items",
            "ALTER POLICY tenant_isolation ON public.items USING (org_id = coalesce(current_setting('app.current_org_id', true)::uuid, org_id))" },
        { "setting-without-missing-ok", "tenant_isolation on public.items",
            "ALTER POLICY tenant_isolation ON public.items USING (org_id = coalesce(nullif(current_setting('app.current_org_id'), '')::uuid, org_id))" },
        { "table-without-policy", "public.vault",
            "CREATE TABLE public.vault (org_id uuid NOT NULL REFERENCES public.organizations, id uuid NOT NULL, PRIMARY KEY (org_id, id)); "
            + "ALTER TABLE public.vault ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; GRANT SELECT ON public.vault TO $tenant" },
        { "table-not-forced", "public.items", """
            CREATE FUNCTION app.is_open(item uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
                $$ SELECT EXISTS (SELECT FROM public.items i WHERE i.id = item) $$;
            ALTER FUNCTION app.is_open OWNER TO $owner; ALTER TABLE public.items NO FORCE ROW LEVEL SECURITY;
            """ },
        { "policy-or-null", "tenant_isolation on public.templates", """
            CREATE TABLE public.templates (org_id uuid REFERENCES public.organizations, id uuid PRIMARY KEY);
            ALTER TABLE public.templates ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; GRANT SELECT ON public.templates TO $tenant;
            CREATE POLICY tenant_isolation ON public.templates TO $tenant USING (org_id = (SELECT app.current_org_id()) OR org_id IS NULL)
            """ },
        { "tenant-column-nullable", "public.templates", """
            CREATE TABLE public.templates (org_id uuid REFERENCES public.organizations, id uuid PRIMARY KEY);
            ALTER TABLE public.templates ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; GRANT SELECT ON public.templates TO $tenant;
            CREATE POLICY tenant_isolation ON public.templates TO $tenant USING (org_id = (SELECT app.current_org_id()) OR org_id IS NULL)
            """ },
        { "policy-tenant-literal", "p on public.items",
            "CREATE POLICY p ON public.items AS RESTRICTIVE TO $tenant USING (org_id <> '00000000-0000-0000-0000-00000000d3e0')" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Fix_that_somebody_may_count_against_is_not_safe(string rule, string objectName, string plant)
    {
        await using var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await connection.RunAsync("BEGIN; " + database.Named(plant));
        var findings = (await AuditDatabase.AuditAsync(connection, database.Options)).Findings.Where(finding => finding.RuleId == rule).ToList();
        findings.Should().Contain(finding => finding.ObjectName == objectName).And.OnlyContain(finding => !finding.IsFixSafe);
    }
}
