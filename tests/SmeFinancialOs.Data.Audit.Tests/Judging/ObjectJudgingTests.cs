using System.Globalization;

namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>Views and SECURITY DEFINER functions, each in a schema of its own.</summary>
public sealed class ObjectJudgingTests(ObjectDatabase database) : IClassFixture<ObjectDatabase>
{
    public static TheoryData<string> Names => [.. LabelledObject.All.Select(each => each.Name)];

    public static TheoryData<string> Holes => [.. LabelledObject.All.Where(each => each.Attack is not null).Select(each => each.Name)];

    private static readonly string[] Rules = ["definer-bypasses", "definer-not-understood", "view-without-invoker", "view-not-understood"];

    /// <summary>Many a function is no more than not judged: that it reads a tenant's table is no row that was seen.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Object_gets_no_better_verdict_than_a_person_gave_it(string name)
    {
        var (each, schema) = Find(name);
        var judgement = database.Report!.Judgements.Single(judgement => judgement.Table == $"{schema}.v"
            || judgement.Table.StartsWith($"{schema}.f(", StringComparison.Ordinal));
        if (each.Verdict == PolicyVerdict.Hole && judgement.Table.EndsWith(')'))
            judgement.Verdict.Should().BeOneOf([PolicyVerdict.Hole, PolicyVerdict.NotJudged], judgement.Reason);
        else
            judgement.Verdict.Should().Be(each.Verdict, judgement.Reason);
        var readsTenant = each.Sql.Contains("app.tenant", StringComparison.Ordinal) || each.Sql.Contains("$cur", StringComparison.Ordinal);
        database.Report.Findings.Where(finding => finding.ObjectName == judgement.Table && Rules.Contains(finding.RuleId)).Select(finding => finding.Severity)
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

    private static (LabelledObject Object, string Schema) Find(string name)
    {
        var index = LabelledObject.All.ToList().FindIndex(each => each.Name == name);
        return (LabelledObject.All[index], string.Create(CultureInfo.InvariantCulture, $"case_{index}"));
    }
}
