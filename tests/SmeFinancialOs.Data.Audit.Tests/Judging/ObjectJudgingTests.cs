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

    private static (LabelledObject Object, string Schema) Find(string name)
    {
        var index = LabelledObject.All.ToList().FindIndex(each => each.Name == name);
        return (LabelledObject.All[index], string.Create(CultureInfo.InvariantCulture, $"case_{index}"));
    }
}
