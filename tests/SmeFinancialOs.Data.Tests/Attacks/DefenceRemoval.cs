namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>SQL that takes one defence away.</summary>
internal static class DefenceRemoval
{
    public const string TenantUsing =
        "ALTER POLICY tenant_isolation ON public.invoices USING (true); ALTER POLICY tenant_isolation ON public.organizations USING (true)";

    public const string TenantCheck =
        "ALTER POLICY tenant_isolation ON public.invoices WITH CHECK (true); ALTER POLICY tenant_isolation ON public.organizations WITH CHECK (true)";

    public const string TenantIsolation = TenantUsing + ";" + TenantCheck;

    public const string Force = "ALTER TABLE public.invoices NO FORCE ROW LEVEL SECURITY; ALTER TABLE public.organizations NO FORCE ROW LEVEL SECURITY";

    public const string DemoPolicies = """
        DROP POLICY demo_no_writes_insert ON public.invoices;
        DROP POLICY demo_no_writes_update ON public.invoices;
        DROP POLICY demo_no_writes_delete ON public.invoices
        """;

    /// <summary>The demo's rows stop a statement that comes to them with an error of their own.</summary>
    public const string DemoRows = "DELETE FROM public.organizations WHERE id = app.demo_org_id()";

    /// <summary>A membership as a careless GRANT makes it: inheriting, whatever the version takes for that.</summary>
    public static string NoInheritFence(string role, string login, bool grantsDecide) =>
        grantsDecide ? $"GRANT {role} TO {login} WITH INHERIT TRUE" : $"GRANT {role} TO {login}; ALTER ROLE {login} INHERIT";
}
