namespace SmeFinancialOs.Data.Audit.Tests.Contexts;

public sealed class ContextJudgingTests(ContextDatabase database) : IClassFixture<ContextDatabase>
{
    public static TheoryData<string> Names => [.. ContextCase.All.Select(each => each.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Policy_is_judged_by_the_context_of_the_host(string name)
    {
        var each = ContextCase.All.Single(other => other.Name == name);
        var report = await new SchemaAudit(database.ConnectionString, database.Options(each)).RunAsync(Sql.Cancel);
        var judgement = report.Judgements.Single(judgement => judgement.Table.EndsWith("." + each.Table, StringComparison.Ordinal));
        judgement.Verdict.Should().Be(each.Verdict, judgement.Reason);
    }

    [Theory]
    [InlineData("a claim", "->> 'tenant')::bigint")]
    [InlineData("claims that the host nests", "#>> ARRAY['app_metadata', 'tenant'])::bigint")]
    [InlineData("a table of the tenant above", "current_setting('app.tenant', true)")]
    [InlineData("an organization below a tenant", "current_setting('app.org', true)")]
    public async Task Fix_takes_the_tenant_from_where_the_context_keeps_it(string name, string expression)
    {
        var each = ContextCase.All.Single(other => other.Name == name);
        await using var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        var options = database.Options(each);
        var table = $"{options.Schemas![0]}.t";
        await connection.RunAsync($"DROP POLICY p ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY");
        var audit = new SchemaAudit(database.ConnectionString, options);
        var fix = (await audit.RunAsync(Sql.Cancel)).Findings.Single(finding => finding.RuleId == "table-without-rls").Fix;
        fix.Should().Contain(expression);
        await connection.RunAsync(fix);
        (await audit.RunAsync(Sql.Cancel)).Judgements.Should().ContainSingle().Which.Verdict.Should().Be(PolicyVerdict.Safe);
        await connection.RunAsync($"ALTER POLICY tenant_isolation ON {table} RENAME TO p");
    }

    [Theory]
    [InlineData("set_config('app.org', :tenant", "syntax error")]
    [InlineData("no_such_function(:tenant)", "no_such_function")]
    [InlineData("set_config('app.org', (1 / 0 * :tenant)::text, true)", "22012")]
    [InlineData("set_config('work_mem', :tenant || ' parsecs', true)", "22023")]
    public async Task A_context_that_cannot_be_set_is_an_error(string context, string message)
    {
        var options = database.Options(ContextCase.All[0]);
        var broken = new SchemaAuditOptions
        {
            TenantColumn = options.TenantColumn,
            Context = context,
            AppLogins = options.AppLogins,
            TenantRoles = [],
            AdminLogins = [],
            AdminRoles = [],
            Schemas = options.Schemas,
        };
        (await FluentActions.Awaiting(() => new SchemaAudit(database.ConnectionString, broken).RunAsync(Sql.Cancel))
            .Should().ThrowAsync<TenantSchemaException>())
            .Which.Message.Should().StartWith("Context: ").And.Contain(message);
    }

    [Theory]
    [InlineData("set_config('app.org', '7', true)", "no placeholder")]
    [InlineData("set_config('app.org', ':tenant', true)", "no placeholder")]
    [InlineData("set_config('app.org', :org, true)", ":org is unknown; known are :tenant, :user, :org_id")]
    [InlineData(" ", "Context")]
    public void A_context_without_a_known_placeholder_is_refused(string context, string message) =>
        FluentActions.Invoking(() => new SchemaAudit(database.ConnectionString, new SchemaAuditOptions { Context = context }))
            .Should().Throw<ArgumentException>()
            .Which.Message.Should().Contain(message);

    [Theory]
    [InlineData("public.no_such_table", "user_id")]
    [InlineData("case_11.members", "person")]
    public async Task A_membership_that_does_not_exist_is_an_error(string table, string user)
    {
        var audit = new SchemaAudit(database.ConnectionString, new SchemaAuditOptions { Membership = new(table, user, "org_id") });
        (await FluentActions.Awaiting(() => audit.RunAsync(Sql.Cancel)).Should().ThrowAsync<TenantSchemaException>()).Which.Message.Should().Contain(table);
    }

    [Fact]
    public async Task A_table_of_the_tenants_that_does_not_exist_is_an_error() =>
        (await FluentActions.Awaiting(() => new SchemaAudit(database.ConnectionString,
            new SchemaAuditOptions { TenantTable = "public.nobody" }).RunAsync(Sql.Cancel))
            .Should().ThrowAsync<TenantSchemaException>()).Which.Message.Should().Contain("public.nobody");
}
