namespace SmeFinancialOs.Data.Audit.Tests;

/// <summary>
/// Tables that app.protect_through and app.share_table have made, and the acceptance of invitations, are no finding because the audit has read them: one that
/// was changed is an error.
/// </summary>
public sealed class TableKindAuditTests(TableKindAuditTests.Shop database) : IClassFixture<TableKindAuditTests.Shop>
{
    private const string Accept = "CREATE OR REPLACE FUNCTION app.accept_invitation(uuid, uuid) RETURNS uuid LANGUAGE sql STRICT SECURITY DEFINER "
        + "SET search_path = pg_catalog, pg_temp BEGIN ATOMIC WITH accepted AS (DELETE FROM public.invitations i USING public.users u WHERE ";

    [Fact]
    public async Task Tables_as_they_are_made_are_no_finding()
    {
        var report = await new SchemaAudit(database.ConnectionString).RunAsync(Sql.Cancel);

        report.Findings.Where(finding => finding.RuleId != "key-without-tenant-column")
            .Select(finding => $"{finding.RuleId} {finding.ObjectName} {finding.Message} {finding.Witness}").Should().BeEmpty();
        report.Judgements.Should().Contain(judgement => judgement.Table == "public.order_notes" && judgement.Verdict == PolicyVerdict.Safe)
            .And.Contain(judgement => judgement.Table == "app.accept_invitation(uuid, uuid)" && judgement.Verdict == PolicyVerdict.Safe);
    }

    [Fact]
    public async Task Probe_reads_no_row_of_another_tenant()
    {
        var report = await new IsolationProbe(database.ConnectionString, new()).RunAsync(null, Sql.Cancel);

        report.Breaches.Should().BeEmpty();
        report.Skipped.Where(skipped => !skipped.IsAllowed).Select(skipped => $"{skipped.ObjectName}: {skipped.Reason}").Should().BeEmpty();
        report.Probed.Select(probed => probed.ObjectName).Should().Contain(["public.orders", "public.order_notes", "public.order_lines", "public.memberships"]);
    }

    [Theory]
    [InlineData("ALTER TABLE public.countries NO FORCE ROW LEVEL SECURITY", "public.countries")]
    [InlineData("GRANT INSERT ON public.countries TO tenant_role", "public.countries")]
    [InlineData("GRANT UPDATE (name) ON public.countries TO tenant_role", "public.countries")]
    [InlineData("CREATE POLICY more ON public.countries FOR INSERT TO tenant_role WITH CHECK (true)", "public.countries")]
    [InlineData("ALTER POLICY tenant_isolation ON public.users USING (true)", "public.users")]
    [InlineData("ALTER POLICY tenant_isolation ON public.users USING (EXISTS (SELECT FROM public.memberships m))", "public.users")]
    [InlineData("ALTER POLICY own_user ON public.users USING (id IS NOT NULL)", "public.users")]
    [InlineData("GRANT INSERT ON public.memberships TO tenant_role", "public.users")]
    [InlineData("GRANT INSERT (user_id) ON public.memberships TO tenant_role", "public.users")]
    [InlineData("GRANT UPDATE ON public.memberships TO tenant_role", "public.users")]
    [InlineData("GRANT UPDATE (user_id) ON public.memberships TO tenant_role", "public.users")]
    [InlineData("GRANT UPDATE (name) ON public.users TO tenant_role", "public.users")]
    [InlineData("ALTER TABLE public.memberships DROP CONSTRAINT memberships_user_id_fkey", "public.users")]
    public async Task Table_that_was_changed_is_a_table_without_a_tenant(string change, string table)
    {
        await using var superuser = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await superuser.RunAsync("BEGIN; " + change);

        (await AuditDatabase.AuditAsync(superuser, new())).Findings.Should().Contain(
            finding => finding.RuleId == "table-without-tenant-column" && finding.ObjectName == table);
    }

    [Fact]
    public async Task Users_are_a_finding_where_memberships_are_not_settled()
    {
        await using var superuser = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await superuser.RunAsync("ALTER POLICY tenant_isolation ON public.memberships USING (true)");
        try
        {
            (await new SchemaAudit(database.ConnectionString).RunAsync(Sql.Cancel)).Findings.Should()
                .Contain(finding => finding.RuleId == "table-without-tenant-column" && finding.ObjectName == "public.users")
                .And.Contain(finding => finding.RuleId == "policy-always-true" && finding.ObjectName == "tenant_isolation on public.memberships");
        }
        finally
        {
            await superuser.RunAsync("SELECT app.apply_protection('public.memberships')");
        }
    }

    [Theory]
    [InlineData("GRANT EXECUTE ON FUNCTION app.accept_invitation TO tenant_role", "not one role alone")]
    [InlineData("GRANT EXECUTE ON FUNCTION app.accept_invitation TO PUBLIC", "not one role alone")]
    [InlineData("ALTER FUNCTION app.accept_invitation CALLED ON NULL INPUT", "STRICT")]
    [InlineData("ALTER FUNCTION app.accept_invitation SET search_path = public, pg_temp", "search_path")]
    [InlineData(Accept + "i.org_id = $1 AND u.id = $2 RETURNING i.org_id, u.id AS member, i.role), ", "does not turn")]
    [InlineData(Accept + "u.id = $2 AND i.email = u.email RETURNING i.org_id, u.id AS member, i.role), ", "does not turn")]
    [InlineData(Accept + "i.org_id = $1 AND i.email = u.email RETURNING i.org_id, u.id AS member, i.role), ", "does not turn")]
    [InlineData(Accept + "(i.org_id = $1 OR true) AND u.id = $2 AND i.email = u.email RETURNING i.org_id, u.id AS member, i.role), ", "does not turn")]
    [InlineData(Accept + "i.org_id = $1 AND u.id = $2 AND i.email = u.email RETURNING i.other AS org_id, u.id AS member, i.role), ", "does not turn")]
    [InlineData(Accept + "i.other = $1 AND u.id = $2 AND i.email = u.email RETURNING i.other, u.id AS member, i.role), ", "another column")]
    [InlineData("ALTER TABLE public.memberships DROP CONSTRAINT memberships_user_id_fkey", "not the one who accepts")]
    public async Task Acceptance_that_was_changed_or_opened_is_an_error(string change, string reason)
    {
        if (change.StartsWith(Accept, StringComparison.Ordinal))
        {
            var tenant = change.Contains("i.other,", StringComparison.Ordinal) ? "other" : "org_id";
            change = $"DO $do$ BEGIN EXECUTE $x${change}added AS (INSERT INTO public.memberships (org_id, user_id, role) "
                + $"SELECT n.{tenant}, n.member, n.role FROM accepted n ON CONFLICT DO NOTHING) SELECT a.{tenant} FROM accepted a; END$x$; END $do$";
        }

        await using var superuser = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await superuser.RunAsync("BEGIN; " + change);

        (await AuditDatabase.AuditAsync(superuser, new())).Findings.Where(finding => finding.RuleId == "definer-bypasses")
            .Should().ContainSingle().Which.Message.Should().Contain(reason);
    }

    public sealed class Shop : IAsyncLifetime
    {
        public string ConnectionString { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            ConnectionString = await MigratedCopy.CreateAsync();
            await using var superuser = await Sql.OpenAsync(ConnectionString, Sql.Cancel);
            await superuser.RunAsync("""
                SET ROLE app_owner;
                CREATE TABLE public.users (id uuid PRIMARY KEY, email text NOT NULL UNIQUE, name text, password_hash text);
                CREATE TABLE public.memberships (org_id uuid NOT NULL REFERENCES public.organizations, user_id uuid NOT NULL REFERENCES public.users,
                    role text NOT NULL DEFAULT 'member', PRIMARY KEY (org_id, user_id));
                CREATE INDEX ON public.memberships (user_id);
                CREATE TABLE public.invitations (org_id uuid NOT NULL REFERENCES public.organizations, email text, role text, other uuid,
                    PRIMARY KEY (org_id, email));
                CREATE TABLE public.orders (org_id uuid NOT NULL REFERENCES public.organizations, id bigint GENERATED ALWAYS AS IDENTITY,
                    PRIMARY KEY (org_id, id));
                ALTER TABLE public.orders ADD UNIQUE (id);
                CREATE TABLE public.order_notes (order_id bigint NOT NULL REFERENCES public.orders (id), number int, note text, PRIMARY KEY (order_id, number));
                CREATE TABLE public.order_lines (order_id bigint NOT NULL REFERENCES public.orders (id), number int, PRIMARY KEY (order_id, number));
                CREATE TABLE public.countries (code text PRIMARY KEY, name text);
                SELECT app.protect_table('public.memberships'), app.protect_table('public.invitations'), app.protect_table('public.orders');
                SELECT app.protect_through('public.users', 'public.memberships', columns => '{id,email,name}');
                SELECT app.protect_through('public.order_notes', 'public.orders');
                SELECT app.add_tenant_column('public.order_lines', through => 'public.orders');
                SELECT app.share_table('public.countries');
                SELECT app.create_acceptance('public.invitations', users => 'public.users', copied => '{role}')
                """);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
