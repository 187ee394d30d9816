namespace SmeFinancialOs.Data.Cli.Tests;

/// <summary>How a host says who the tenant is: options, sme-data.json, presets.</summary>
public sealed class ContextTests(Databases databases) : IClassFixture<Databases>
{
    private const string Claims = "set_config('request.jwt.claims', json_build_object('sub', :user, 'tenant_id', :tenant)::text, true)";

    private const string Schema = """
        DO $$ BEGIN IF to_regrole('authenticator') IS NULL THEN CREATE ROLE authenticator LOGIN; END IF; END $$;
        REVOKE TEMPORARY ON DATABASE "$database" FROM PUBLIC; GRANT USAGE ON SCHEMA public TO authenticator;
        CREATE TABLE public.members (tenant_id bigint NOT NULL, user_id bigint NOT NULL, PRIMARY KEY (tenant_id, user_id));
        CREATE TABLE public.notes (tenant_id bigint NOT NULL, id bigint, PRIMARY KEY (tenant_id, id));
        ALTER TABLE public.members ENABLE ROW LEVEL SECURITY; ALTER TABLE public.members FORCE ROW LEVEL SECURITY;
        ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY; ALTER TABLE public.notes FORCE ROW LEVEL SECURITY;
        GRANT SELECT ON public.members TO authenticator; GRANT SELECT, INSERT, UPDATE, DELETE ON public.notes TO authenticator;
        CREATE POLICY mine ON public.members FOR SELECT
            USING (user_id = (SELECT (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'sub')::bigint));
        """;

    private const string ByClaim = """
        CREATE POLICY own ON public.notes USING (tenant_id = (SELECT (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'tenant_id')::bigint));
        """;

    private const string ByMembership = """
        CREATE POLICY own ON public.notes USING (tenant_id IN (SELECT m.tenant_id FROM public.members m
            WHERE m.user_id = (SELECT (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'sub')::bigint)));
        """;

    private static readonly string[] Names = ["--tenant-column", "tenant_id", "--app-login", "authenticator", "--membership",
        "public.members(user_id, tenant_id)"];

    [PartTheory]
    [InlineData(ByClaim, Claims)]
    [InlineData(ByClaim, "postgrest")]
    [InlineData(ByClaim, "supabase")]
    [InlineData(ByMembership, Claims)]
    public async Task Policies_are_judged_and_probed_in_the_context_of_the_host(string policies, string context)
    {
        var database = await NewAsync(policies);
        using var tool = new Tool();
        var (_, output, error) = await tool.RunAsync(["audit", "-c", database, "--context", context, "--fail-on", "error", .. Names]);
        (output + error).Should().Contain(" 0 with a hole, 0 not judged").And.NotContain("policy-not-understood");
        (_, output, _) = await tool.RunAsync(["probe", "-c", database, "--context", context, .. Names]);
        output.Should().MatchRegex(@"clean; \d+ attacks on 2 objects");
    }

    [PartFact]
    public async Task The_context_may_stand_in_the_settings_file()
    {
        var database = await NewAsync(ByMembership);
        using var tool = new Tool();
        tool.Write("sme-data.json", $$"""
            { "tenantColumn": "tenant_id", "otherTenantColumns": ["organization_id"], "appLogins": ["authenticator"], "context": "{{Claims}}",
              "membership": { "table": "public.members", "userColumn": "user_id", "tenantColumn": "tenant_id" } }
            """);
        (await tool.RunAsync("audit", "-c", database)).Output.Should().Contain(" 0 with a hole, 0 not judged");
        (await tool.RunAsync("probe", "-c", database)).ExitCode.Should().Be(0);
    }

    [PartTheory]
    [InlineData("--context", "supabse", "nor one of supabase, postgrest, django-rls-tenants, prisma")]
    [InlineData("--context", "set_config('app.tenant', :tennant, true)", ":tennant is unknown")]
    [InlineData("--context", "set_config('app.tenant', '7', true)", "no placeholder")]
    [InlineData("--context", "no_such_function(:tenant)", "no_such_function")]
    [InlineData("--membership", "members", "public.members(user_id, org_id)")]
    [InlineData("--membership", "public.members(user_id)", "public.members(user_id, org_id)")]
    [InlineData("--membership", "public.no_members(user_id, org_id)", "there is no table public.no_members")]
    [InlineData("--tenant-table", "public.nobody", "there is no table public.nobody")]
    public async Task What_cannot_be_used_is_an_error_for_audit_and_probe(string option, string value, string message)
    {
        using var tool = new Tool();
        foreach (var command in (string[])["audit", "probe"])
        {
            var (exit, output, error) = await tool.RunAsync(command, "-c", databases.Clean, option, value);
            (exit, output).Should().Be((2, ""));
            error.Should().Contain(message);
        }
    }

    private async Task<string> NewAsync(string policies)
    {
        var database = await databases.NewEmptyAsync();
        var name = new Npgsql.NpgsqlConnectionStringBuilder(database).Database!;
        await Databases.ExecuteAsync(database, (Schema + policies).Replace("$database", name, StringComparison.Ordinal));
        return database;
    }
}
