namespace SmeFinancialOs.Data.Audit.Tests;

/// <summary>A database with resolvers is clean because the audit has read them: a function that was changed, or is open to others, is an error.</summary>
public sealed class ResolverAuditTests(ResolverAuditTests.Resolvers database) : IClassFixture<ResolverAuditTests.Resolvers>
{
    private const string Look = "LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

    private static readonly string[] Before =
        ["app.resolve_api_key(bytea)", "app.resolve_hint(text)", "app.resolve_member(character varying, uuid)", "app.resolve_slug(text)",
            "app.tenants_of_member(character varying)"];

    [Fact]
    public async Task Resolvers_as_they_are_made_are_judged_safe()
    {
        var report = await new SchemaAudit(database.ConnectionString).RunAsync(Sql.Cancel);

        report.Findings.Where(finding => finding.RuleId is not ("key-without-tenant-column" or "tenant-column-not-indexed"))
            .Select(finding => $"{finding.RuleId} {finding.ObjectName} {finding.Message}").Should().BeEmpty();
        report.Judgements.Where(judgement => judgement.Verdict == PolicyVerdict.Safe && judgement.Table.StartsWith("app.", StringComparison.Ordinal))
            .Select(judgement => judgement.Table).Should().BeEquivalentTo(Before);
    }

    [Theory]
    [InlineData("GRANT EXECUTE ON FUNCTION app.resolve_api_key TO tenant_role", "not one role alone")]
    [InlineData("GRANT EXECUTE ON FUNCTION app.resolve_api_key TO PUBLIC", "not one role alone")]
    [InlineData("GRANT EXECUTE ON FUNCTION app.resolve_api_key TO app_user; REVOKE EXECUTE ON FUNCTION app.resolve_api_key FROM resolver_role", "of a login")]
    [InlineData("GRANT SELECT ON public.api_keys TO resolver_role", "privileges on tables")]
    [InlineData("GRANT SELECT (key_hash) ON public.api_keys TO resolver_role", "privileges on tables")]
    [InlineData("DROP INDEX public.by_hash", "no unique index")]
    [InlineData("DROP INDEX public.by_hash; CREATE UNIQUE INDEX ON public.api_keys (key_hash) WHERE note IS NULL", "no unique index")]
    [InlineData("ALTER FUNCTION app.resolve_api_key VOLATILE", "STABLE")]
    [InlineData("ALTER FUNCTION app.resolve_api_key CALLED ON NULL INPUT", "STRICT")]
    [InlineData("ALTER FUNCTION app.resolve_api_key SET search_path = public, pg_temp", "search_path")]
    [InlineData("ALTER FUNCTION app.resolve_api_key SET row_security = off", "search_path")]
    [InlineData(Made + "RETURN (SELECT t.org_id FROM ONLY public.api_keys t WHERE t.key_hash = $1 OR true)", "compares something else")]
    [InlineData(Made + "RETURN (SELECT t.org_id FROM ONLY public.api_keys t WHERE t.key_hash >= $1)", "compares something else")]
    [InlineData(Made + "RETURN (SELECT t.org_id FROM ONLY public.api_keys t WHERE t.key_hash = '\\x01')", "compares something else")]
    [InlineData(Made + "RETURN (SELECT t.org_id FROM ONLY public.api_keys t WHERE t.note = encode($1, 'hex'))", "compares something else")]
    [InlineData(Made + "RETURN (SELECT t.id FROM ONLY public.api_keys t WHERE t.key_hash = $1)", "another column")]
    [InlineData(Made + "RETURN (SELECT t.org_id FROM public.api_keys t WHERE t.key_hash = $1)", "another table")]
    [InlineData(Made + "RETURN (SELECT t.org_id FROM ONLY public.api_keys t WHERE t.key_hash = $1 LIMIT 1)", "one look-up")]
    [InlineData(Made + "RETURN (SELECT t.org_id FROM ONLY public.api_keys t LIMIT 1)", "one look-up")]
    [InlineData(Made + "RETURN (SELECT max(t.org_id::text)::uuid FROM ONLY public.api_keys t WHERE t.key_hash = $1)", "one look-up")]
    [InlineData(Made + "AS 'SELECT t.org_id FROM ONLY public.api_keys t WHERE t.key_hash = $1'", "standard body")]
    [InlineData("CREATE FUNCTION app.all_keys() RETURNS SETOF bytea LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp "
        + "AS 'SELECT key_hash FROM public.api_keys'; GRANT CREATE ON SCHEMA app TO app_resolver; ALTER FUNCTION app.all_keys() OWNER TO app_resolver", "")]
    public async Task A_resolver_that_was_changed_or_opened_is_an_error(string change, string reason)
    {
        await using var superuser = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await superuser.RunAsync("BEGIN; " + change.Replace(Made, "CREATE OR REPLACE FUNCTION app.resolve_api_key(bytea) RETURNS uuid " + Look + " ",
            StringComparison.Ordinal));

        var report = await AuditDatabase.AuditAsync(superuser, new());

        report.Findings.Where(finding => finding.RuleId is "definer-bypasses").Should().NotBeEmpty()
            .And.OnlyContain(finding => finding.Message.Contains(reason, StringComparison.Ordinal)
                && finding.Message.Contains("app_resolver sees every tenant", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Probe_calls_no_resolver_as_it_is_made_and_breaks_through_one_that_was_changed()
    {
        var probe = new IsolationProbe(database.ConnectionString, new());
        var report = await probe.RunAsync(null, Sql.Cancel);
        report.Breaches.Should().BeEmpty();
        report.Skipped.Where(skipped => skipped.IsAllowed).Select(skipped => skipped.ObjectName).Should().BeEquivalentTo(Before);

        await using var superuser = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await superuser.RunAsync("GRANT EXECUTE ON FUNCTION app.resolve_hint(text) TO tenant_role");
        try
        {
            (await probe.RunAsync(null, Sql.Cancel)).Breaches.Should().OnlyContain(breach => breach.ObjectName == "app.resolve_hint(text)").And.NotBeEmpty();
        }
        finally
        {
            await superuser.RunAsync("REVOKE EXECUTE ON FUNCTION app.resolve_hint(text) FROM tenant_role");
        }
    }

    /// <summary>With the judging of functions: a changed resolver is not taken for safe there either.</summary>
    [Fact]
    public async Task A_changed_resolver_is_an_error_of_a_whole_audit()
    {
        await using var superuser = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await superuser.RunAsync($"""
            CREATE OR REPLACE FUNCTION app.resolve_hint(text) RETURNS uuid {Look}
            RETURN (SELECT t.org_id FROM ONLY public.hints t WHERE t.hint LIKE $1)
            """);
        try
        {
            var report = await new SchemaAudit(database.ConnectionString).RunAsync(Sql.Cancel);
            report.Findings.Should().ContainSingle(finding => finding.RuleId == "definer-bypasses").Which.ObjectName.Should().Be("app.resolve_hint(text)");
        }
        finally
        {
            await superuser.RunAsync("SET ROLE app_owner; SELECT app.create_resolver('hint', 'public.hints', '{hint}')");
        }
    }

    [Theory]
    [InlineData("GRANT app_resolver TO app_user", "policy-always-true")]
    [InlineData("GRANT app_resolver TO tenant_role", "policy-always-true")]
    [InlineData("ALTER POLICY resolver_access ON public.api_keys TO tenant_role", "policy-always-true")]
    [InlineData("ALTER POLICY resolver_access ON public.api_keys TO PUBLIC", "policies-or")]
    public async Task The_policy_of_resolvers_for_a_role_of_the_app_is_an_error(string change, string rule)
    {
        await using var superuser = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await superuser.RunAsync("BEGIN; " + change);

        (await AuditDatabase.AuditAsync(superuser, new())).Findings.Should().Contain(finding => finding.RuleId == rule);
    }

    private const string Made = "{made}";

    public sealed class Resolvers : IAsyncLifetime
    {
        public string ConnectionString { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            var server = await TestServer.GetSharedAsync(Sql.Cancel);
            ConnectionString = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
            await new Schema.SchemaMigrator(ConnectionString).MigrateAsync(Sql.Cancel);
            await using var superuser = await Sql.OpenAsync(ConnectionString, Sql.Cancel);
            await superuser.RunAsync("""
                SET ROLE app_owner;
                CREATE TABLE public.api_keys (org_id uuid NOT NULL REFERENCES public.organizations, id uuid NOT NULL, key_hash bytea NOT NULL, note text,
                    PRIMARY KEY (org_id, id));
                CREATE UNIQUE INDEX by_hash ON public.api_keys (key_hash);
                CREATE TABLE public.members (org_id uuid NOT NULL REFERENCES public.organizations, user_id varchar(40) NOT NULL, PRIMARY KEY (org_id, user_id));
                CREATE TABLE public.hints (org_id uuid NOT NULL REFERENCES public.organizations, hint text UNIQUE);
                SELECT app.protect_table('public.api_keys'), app.protect_table('public.members'), app.protect_table('public.hints');
                SELECT app.create_resolver('api_key', 'public.api_keys', '{key_hash}'), app.create_resolver('member', 'public.members', '{user_id,org_id}'),
                    app.create_resolver('hint', 'public.hints', '{hint}'), app.create_resolver('slug', 'public.organizations', '{slug}', 'id');
                """);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
