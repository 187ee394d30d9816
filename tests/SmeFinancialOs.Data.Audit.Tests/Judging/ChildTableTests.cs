namespace SmeFinancialOs.Data.Audit.Tests.Judging;

public sealed class ChildTableTests(AuditDatabase database) : IClassFixture<AuditDatabase>
{
    private const string Columns = "id uuid PRIMARY KEY, note text";

    [Theory]
    [InlineData("open", "table-without-tenant-column", "invoice uuid REFERENCES public.lots (id)", "")]
    [InlineData("loose", "policy-hole", "lot uuid REFERENCES public.lots (id)", "USING (true)")]
    [InlineData("unknown", "policy-not-understood", "lot uuid REFERENCES public.lots (id)",
        "USING (EXISTS (SELECT FROM public.lots l WHERE l.id::text = lot::text))")]
    [InlineData("good", null, "lot uuid REFERENCES public.lots (id)", "USING (EXISTS (SELECT FROM public.lots l WHERE l.id = lot))")]
    [InlineData("renamed", null, "customer uuid NOT NULL REFERENCES public.organizations", "USING (customer = (SELECT app.current_org_id()))")]
    [InlineData("transfers", "table-without-tenant-column",
        "sender uuid NOT NULL REFERENCES public.organizations, receiver uuid NOT NULL REFERENCES public.organizations", "")]
    public async Task Child_table_has_one_finding_at_most(string name, string? rule, string columns, string policy)
    {
        await using (var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel))
        {
            await connection.RunAsync(database.Named($"""
                CREATE TABLE IF NOT EXISTS public.lots (org_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE, id uuid NOT NULL,
                    PRIMARY KEY (org_id, id), UNIQUE (id));
                ALTER TABLE public.lots OWNER TO $owner; SET ROLE $owner; SELECT app.protect_table('public.lots');
                CREATE TABLE public.{name} ({Columns}, {columns}); GRANT SELECT, INSERT, UPDATE, DELETE ON public.{name} TO $tenant;
                {(policy.Length == 0 ? "" : $"ALTER TABLE public.{name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;")}
                {(policy.Length == 0 ? "" : $"CREATE POLICY p ON public.{name} {policy};")}
                """));
        }
        var report = await new SchemaAudit(database.ConnectionString, database.Options).RunAsync(Sql.Cancel);
        var findings = report.Findings.Where(finding => finding.ObjectName.EndsWith($"public.{name}", StringComparison.Ordinal)
            && finding.RuleId is not ("tenant-column-not-indexed" or "key-without-tenant-column" or "policy-command-gap")).ToList();
        findings.Select(finding => finding.RuleId).Should().Equal(rule is null ? [] : [rule],
            string.Join("; ", findings.Select(finding => $"{finding.RuleId}: {finding.Message} {finding.Witness}")));
        if (name == "open")
            findings[0].Witness.Should().Contain("row-level security is off");
    }
}

public sealed class SealedChildTableTests(SealAuditTests.Database database) : IClassFixture<SealAuditTests.Database>
{
    [Theory]
    [InlineData("parts", "l.id = lot", PolicyVerdict.Safe)]
    [InlineData("texts", "l.id::text = lot::text", PolicyVerdict.NotJudged)]
    [InlineData("selves", "l.id = l.id", PolicyVerdict.NotJudged)]
    public async Task Child_of_a_sealed_table_is_judged_by_shape(string name, string condition, PolicyVerdict verdict)
    {
        await using (var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel))
        {
            await connection.RunAsync(database.Named($"""
                CREATE TABLE IF NOT EXISTS public.lots (org_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE, id uuid NOT NULL,
                    PRIMARY KEY (org_id, id), UNIQUE (id));
                ALTER TABLE public.lots OWNER TO $owner; SET ROLE $owner; SELECT app.protect_table('public.lots');
                CREATE TABLE public.{name} (id uuid PRIMARY KEY, lot uuid NOT NULL REFERENCES public.lots (id)); GRANT SELECT ON public.{name} TO $tenant;
                ALTER TABLE public.{name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
                CREATE POLICY p ON public.{name} USING (EXISTS (SELECT FROM public.lots l WHERE {condition}));
                """));
        }
        var report = await new SchemaAudit(database.ConnectionString, database.Options).RunAsync(Sql.Cancel);
        report.Judgements.Where(judgement => judgement.Table == $"public.{name}" && judgement.Verdict != PolicyVerdict.Closed)
            .Should().NotBeEmpty().And.OnlyContain(judgement => judgement.Verdict == verdict);
    }
}
