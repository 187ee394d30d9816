namespace SmeFinancialOs.Data.Schema.Tests.Audit;

// The reference article's schema as it stands, and which rule finds which of its mistakes.
public sealed class ArticleAuditTests
{
    private const string Schema = """
        CREATE ROLE art_user LOGIN SUPERUSER BYPASSRLS;
        CREATE ROLE art_admin;
        GRANT art_admin TO art_user;
        CREATE TABLE public.organizations (id uuid PRIMARY KEY, name text);
        CREATE TABLE public.invoices (id uuid PRIMARY KEY, org_id uuid NOT NULL REFERENCES public.organizations (id), number text UNIQUE);
        CREATE INDEX ON public.invoices (org_id);
        CREATE TABLE public.lines (id uuid PRIMARY KEY, org_id uuid NOT NULL REFERENCES public.organizations (id), invoice_id uuid CONSTRAINT lines_invoice REFERENCES public.invoices (id));
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO art_user;
        ALTER TABLE public.invoices ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE POLICY org_isolation ON public.invoices
            USING (org_id::text = current_setting('app.current_org_id', true) OR pg_has_role(current_user, 'art_admin', 'MEMBER'));
        CREATE POLICY demo_no_writes ON public.invoices FOR INSERT WITH CHECK (org_id <> 'de300000-0000-4000-8000-000000000001');
        CREATE POLICY demo_read_only ON public.invoices FOR SELECT USING (org_id = 'de300000-0000-4000-8000-000000000002');
        """;

    // S6 and S9 are mistakes of code and of a lint: no catalog shows them.
    [Fact]
    public async Task Every_mistake_of_the_article_is_found()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        await using var connection = await Sql.OpenAsync(await server.CreateEmptyDatabaseAsync(Sql.Cancel), Sql.Cancel);
        await connection.ExecuteAsync("BEGIN; " + Schema);
        var options = new SchemaAuditOptions { AppLogins = ["art_user"], TenantRoles = [], AdminLogins = [], AdminRoles = ["art_admin"] };
        var found = (await AuditDatabase.AuditAsync(connection, options)).Findings.Select(finding => (finding.RuleId, finding.ObjectName)).ToList();

        foreach (var (mistake, rule, target) in new[]
        {
            ("S1", "policy-has-role", "org_isolation on public.invoices"),
            ("S2", "policy-check-loose", "demo_no_writes on public.invoices"),
            ("S3", "policy-command-gap", "demo_no_writes on public.invoices"),
            ("S4", "policies-or", "public.invoices"),
            ("S5", "policy-casts-column", "org_isolation on public.invoices"),
            ("S7", "login-superuser", "art_user"),
            ("S7", "login-bypassrls", "art_user"),
            ("S8", "policy-tenant-literal", "demo_read_only on public.invoices"),
            ("S8", "policy-tenant-literal", "demo_no_writes on public.invoices"),
            ("S10", "table-without-rls", "public.organizations"),
            ("S11", "key-without-tenant-column", "invoices_pkey on public.invoices"),
            ("S11", "foreign-key-without-tenant-column", "lines_invoice on public.lines"),
        })
            found.Should().Contain((rule, target), because: mistake);

        // With a login that is bound, becoming the admin is the rest of S1.
        await connection.ExecuteAsync("ALTER ROLE art_user NOSUPERUSER NOBYPASSRLS");
        (await AuditDatabase.AuditAsync(connection, options)).Findings.Select(finding => (finding.RuleId, finding.ObjectName))
            .Should().Contain(("login-may-become-admin", "art_user")).And.NotContain(finding => finding.RuleId == "login-superuser");
    }
}
