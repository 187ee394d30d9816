namespace SmeFinancialOs.Data.Audit.Tests.Proving;

/// <summary>Rows that belong to no single tenant, and answers that are other ones each time.</summary>
public sealed class ProofRowsTests(AuditDatabase database) : IClassFixture<AuditDatabase>
{
    private const string Mine = "org_id = (SELECT app.current_org_id())";
    private const string Zero = "org_id = '00000000-0000-0000-0000-000000000000'";

    /// <summary>$policy: what the policy says. The table is not forced: that is the finding.</summary>
    private const string Templates = """
        CREATE TABLE public.templates (org_id uuid REFERENCES public.organizations, id uuid PRIMARY KEY);
        ALTER TABLE public.templates ENABLE ROW LEVEL SECURITY; GRANT SELECT, DELETE ON public.templates TO $tenant;
        CREATE POLICY tenant_isolation ON public.templates TO $tenant USING ($policy)
        """;

    private const string Force = "ALTER TABLE public.templates FORCE ROW LEVEL SECURITY;";

    /// <summary>narrow: a restrictive policy.</summary>
    [PartTheory]
    [InlineData(Mine + " OR org_id IS NULL", "org_id IS NOT NULL", "DROP POLICY narrow ON public.templates",
        "SELECT of the row without a tenant of public.templates as $tenant, when no tenant was ever set: it reaches it")]
    [InlineData(Mine + " OR org_id IS NULL", "true", "ALTER POLICY narrow ON public.templates USING (org_id IS NOT NULL)",
        "the row without a tenant of public.templates as $tenant, when no tenant was ever set: it reaches it no more")]
    [InlineData(Mine + " OR " + Zero, "true", "ALTER POLICY narrow ON public.templates USING (NOT (" + Zero + "))",
        "'00000000-0000-0000-0000-000000000000'::uuid of public.templates as $tenant, when no tenant was ever set: it reaches it no more")]
    [InlineData(Mine + " OR org_id IS NULL", "true", "SELECT", null)]
    [InlineData(Mine + " OR " + Zero, "true", "SELECT", null)]
    [InlineData("true", "true", "ALTER POLICY tenant_isolation ON public.templates USING (" + Mine + ")", null)]
    public async Task Rows_of_no_single_tenant_are_neither_opened_nor_lost(string policy, string narrow, string change, string? fault)
    {
        var plant = $"{Templates.Replace("$policy", policy, StringComparison.Ordinal)}; "
            + $"CREATE POLICY narrow ON public.templates AS RESTRICTIVE USING ({narrow})";
        var found = await ProveAsync(plant, "public.templates", $"{Force} {change}");
        if (fault is null)
            found.Should().BeNull();
        else
            found.Should().Contain(database.Named(fault));
    }

    [PartTheory]
    [InlineData("CREATE FUNCTION public.f() RETURNS float LANGUAGE sql AS 'SELECT random()'", null)]
    [InlineData("CREATE SEQUENCE public.s; GRANT USAGE ON SEQUENCE public.s TO PUBLIC; "
        + "CREATE FUNCTION public.f() RETURNS bigint LANGUAGE plpgsql AS $f$ BEGIN RETURN nextval('public.s'); END $f$", null)]
    [InlineData("CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS 'SELECT clock_timestamp()::text || gen_random_uuid() || txid_current()'", null)]
    [InlineData("CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS 'SELECT now()::text || txid_current()'", null)]
    [InlineData("CREATE VIEW public.v WITH (security_invoker = true) AS SELECT org_id, id, random() AS r, gen_random_uuid() AS g FROM public.templates; "
        + "GRANT SELECT ON public.v TO $tenant", null)]
    [InlineData("CREATE FUNCTION public.f() RETURNS float LANGUAGE sql AS 'SELECT count(*) + random() FROM public.templates'", "not compared")]
    [InlineData("CREATE FUNCTION public.f() RETURNS float LANGUAGE sql AS 'SELECT random() FROM public.items'", null)]
    [InlineData("CREATE FUNCTION public.f() RETURNS float LANGUAGE plpgsql AS $f$ BEGIN EXECUTE 'SELECT 1'; RETURN random(); END $f$", "not compared")]
    public async Task Answers_that_change_are_compared_by_their_rows_or_said_not_to_be(string plant, string? fault)
    {
        var found = await ProveAsync($"{Templates.Replace("$policy", Mine, StringComparison.Ordinal)}; {plant}", "public.templates", Force);
        if (fault is null)
            found.Should().BeNull();
        else
            found.Should().Contain(fault);
    }

    /// <summary>A view that shows other rows is found by the columns that stay.</summary>
    [PartFact]
    public async Task View_with_a_changing_column_still_tells_rows_apart()
    {
        const string view = "CREATE VIEW public.v WITH (security_invoker = true) AS SELECT org_id, id, random() AS r FROM public.templates; "
            + "GRANT SELECT ON public.v TO $tenant";
        (await ProveAsync($"{Templates.Replace("$policy", Mine, StringComparison.Ordinal)}; {view}", "public.templates",
            Force + view[..view.IndexOf(';', StringComparison.Ordinal)].Replace("CREATE", "CREATE OR REPLACE", StringComparison.Ordinal)
            + " WHERE false")).Should().Contain("SELECT of public.v");
    }

    private async Task<string?> ProveAsync(string plant, string objectName, string sql)
    {
        await using var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await connection.RunAsync("BEGIN; " + database.Named(plant));
        var finding = (await AuditDatabase.AuditAsync(connection, database.Options)).Findings
            .Single(finding => finding.RuleId == "table-not-forced" && finding.ObjectName == objectName);
        return (await database.ProveAsync(connection, [new(sql, [finding])])).Values.Single().Fault;
    }
}
