using System.Globalization;

namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>Views and SECURITY DEFINER functions, each in a schema of its own.</summary>
public sealed class ObjectJudgingTests(ObjectDatabase database) : IClassFixture<ObjectDatabase>
{
    public static TheoryData<string> Names => [.. LabelledObject.All.Select(each => each.Name)];

    public static TheoryData<string> Holes => [.. LabelledObject.All.Where(each => each.Attack is not null).Select(each => each.Name)];

    public static TheoryData<string> Failing => [.. ArgumentFunctions.Failing.Select(each => each.Name)];

    private static readonly string[] Rules = ["definer-bypasses", "definer-not-understood", "view-without-invoker", "view-not-understood"];

    /// <summary>Many a function is no more than not judged: that it reads a tenant's table is no row that was seen.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Object_gets_no_better_verdict_than_a_person_gave_it(string name)
    {
        var (each, judgement) = (Find(name).Object, JudgementOf(name));
        if (each.Verdict == PolicyVerdict.Hole && judgement.Table.EndsWith(')'))
            judgement.Verdict.Should().BeOneOf([PolicyVerdict.Hole, PolicyVerdict.NotJudged], judgement.Reason);
        else
            judgement.Verdict.Should().Be(each.Verdict, judgement.Reason);
        var readsTenant = each.Sql.Contains("app.tenant", StringComparison.Ordinal) || each.Sql.Contains("$cur", StringComparison.Ordinal);
        database.Report!.Findings.Where(finding => finding.ObjectName == judgement.Table && Rules.Contains(finding.RuleId)).Select(finding => finding.Severity)
            .Should().Equal(each.Verdict == PolicyVerdict.Safe ? []
                : [judgement.Verdict == PolicyVerdict.NotJudged && readsTenant ? AuditSeverity.Warning : AuditSeverity.Error]);
    }

    [Theory]
    [MemberData(nameof(Holes))]
    public async Task Hole_shows_or_writes_rows_of_another_tenant(string name)
    {
        var (each, schema) = Find(name);
        await using var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await connection.RunAsync($"BEGIN; SET LOCAL search_path = {schema}; SET LOCAL SESSION AUTHORIZATION {database.Role}");
        await connection.RunAsync("SELECT set_config('app.tenant', '1001', true)");
        (await connection.ListAsync<long>("SELECT count(*) FROM items WHERE tenant_id = 2002"))[0].Should().Be(0, "the table itself is protected");
        (await connection.ListAsync<long>(ObjectDatabase.Named(each.Attack!, schema, database.Role)))[0].Should().BePositive();
    }

    /// <summary>A hole that is not judged is an error or, where the object reads the setting, a warning.</summary>
    [Fact]
    public void Figures_of_the_documentation_are_those_of_the_labelled_objects()
    {
        var all = LabelledObject.All.Select(each => (Label: each, Judgement: JudgementOf(each.Name))).Select(each => (each.Label, each.Judgement.Verdict,
            IsFunction: each.Judgement.Table.EndsWith(')'), IsError: database.Report!.Findings.Any(finding => finding.ObjectName == each.Judgement.Table
                && Rules.Contains(finding.RuleId) && finding.Severity == AuditSeverity.Error))).ToList();
        var holes = all.FindAll(each => each.Label.Attack is not null);
        var (safe, others) = (all.FindAll(each => each.Label.Verdict == PolicyVerdict.Safe),
            all.FindAll(each => each.Label is { Verdict: PolicyVerdict.NotJudged, Attack: null }));
        string[] rows =
        [
            Row("a view with a hole", holes.FindAll(each => !each.IsFunction)), Row("a function with a hole", holes.FindAll(each => each.IsFunction)),
            Row("safe", safe), Row("not to be judged: no proof may be found", others),
        ];
        File.ReadAllText(Path.Combine(RepositoryRoot.Folder, "docs/verdicts.md")).Should().ContainAll(rows);
        var called = holes.Count(each => each.Verdict == PolicyVerdict.Hole);
        var error = holes.Count(each => each.Verdict == PolicyVerdict.NotJudged && each.IsError);
        File.ReadAllText(Path.Combine(RepositoryRoot.Folder, "SECURITY.md")).Should().Contain(string.Create(CultureInfo.InvariantCulture,
            $"| {all.Count} labelled views and functions "
            + $"| {called} of {holes.Count}; {error} are not judged and an error, {holes.Count - called - error} a warning "
            + $"| {called} of {all.Count(each => each.Verdict == PolicyVerdict.Hole)}: 100 % "
            + $"| {safe.Count} of {all.Count(each => each.Verdict == PolicyVerdict.Safe)} | {all.Count(each => each.Verdict == PolicyVerdict.NotJudged)} |"));

        static string Row(string label, List<(LabelledObject Label, PolicyVerdict Verdict, bool IsFunction, bool IsError)> of) =>
            string.Create(CultureInfo.InvariantCulture, $"| {label} | {of.Count} | {of.Count(each => each.Verdict == PolicyVerdict.Hole)} "
                + $"| {of.Count(each => each.Verdict == PolicyVerdict.Safe)} | {of.Count(each => each.Verdict == PolicyVerdict.NotJudged && each.IsError)} "
                + $"| {of.Count(each => each.Verdict == PolicyVerdict.NotJudged && !each.IsError)} |");
    }

    /// <summary>
    /// Without security_barrier PostgreSQL may evaluate the condition of whoever asks first. Functions of PostgreSQL are enough to read a value in an error:
    /// the role may create nothing. So the finding for such a view is no false alarm.
    /// </summary>
    [Theory]
    [InlineData("SELECT id FROM v WHERE note::integer > 0", "22P02")]
    [InlineData("SELECT id FROM v WHERE 1 / (tenant_id - 2002) < 5", "22012")]
    public async Task Error_of_a_condition_tells_a_value_of_another_tenant_in_a_view_without_security_barrier(string query, string state)
    {
        await using var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await connection.RunAsync($"""
            BEGIN; CREATE SCHEMA attacked; SET LOCAL search_path = attacked; GRANT USAGE ON SCHEMA attacked TO {database.Role};
            CREATE TABLE items (tenant_id bigint NOT NULL, id bigint, note text); INSERT INTO items VALUES (1001, 1, '1'), (2002, 2, 'secret');
            CREATE VIEW v WITH (security_barrier) AS SELECT * FROM items WHERE tenant_id = nullif(current_setting('app.tenant', true), '')::bigint;
            GRANT SELECT ON v TO {database.Role}; SELECT set_config('app.tenant', '1001', true);
            """);
        await connection.RunAsync($"SET LOCAL SESSION AUTHORIZATION {database.Role}");
        (await connection.ListAsync<long>(query)).Should().Equal([1], "security_barrier holds it back");
        await connection.RunAsync("RESET SESSION AUTHORIZATION; ALTER VIEW v RESET (security_barrier)");
        await connection.RunAsync($"SET LOCAL SESSION AUTHORIZATION {database.Role}");
        var fault = (await FluentActions.Awaiting(() => connection.ListAsync<long>(query)).Should().ThrowAsync<Npgsql.PostgresException>()).Which;
        fault.SqlState.Should().Be(state);
        if (state == "22P02")
            fault.MessageText.Should().Contain("secret");
    }

    /// <summary>So a function that uses an argument in such a condition is not safe.</summary>
    [Theory]
    [MemberData(nameof(Failing))]
    public async Task Error_of_an_argument_tells_a_value_of_another_tenant(string name)
    {
        var (_, _, call) = ArgumentFunctions.Failing.Single(each => each.Name == name);
        var (_, schema) = Find($"a definer function that {name} by its argument");
        await using var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        await connection.RunAsync($"BEGIN; DELETE FROM {schema}.numbers WHERE tenant_id = 2002; SET LOCAL SESSION AUTHORIZATION {database.Role}");
        await connection.RunAsync("SELECT set_config('app.tenant', '1001', true)");
        await connection.RunAsync($"SELECT count(*) FROM {schema}.{call}");
        await connection.RunAsync($"RESET SESSION AUTHORIZATION; INSERT INTO {schema}.numbers VALUES (2002, 22, 'twenty-two')");
        await connection.RunAsync($"SET LOCAL SESSION AUTHORIZATION {database.Role}");
        (await FluentActions.Awaiting(() => connection.RunAsync($"SELECT count(*) FROM {schema}.{call}")).Should().ThrowAsync<Npgsql.PostgresException>())
            .Which.SqlState.Should().BeOneOf("22012", "22003", "22025");
    }

    private PolicyJudgement JudgementOf(string name)
    {
        var (_, schema) = Find(name);
        return database.Report!.Judgements.Single(judgement => judgement.Table == $"{schema}.v"
            || judgement.Table.StartsWith($"{schema}.f(", StringComparison.Ordinal));
    }

    private static (LabelledObject Object, string Schema) Find(string name)
    {
        var index = LabelledObject.All.ToList().FindIndex(each => each.Name == name);
        return (LabelledObject.All[index], string.Create(CultureInfo.InvariantCulture, $"case_{index}"));
    }
}
