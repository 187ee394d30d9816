namespace SmeFinancialOs.Data.Audit.Tests.Judging;

public sealed class PolicyJudgingTests(LabelledDatabase database) : IClassFixture<LabelledDatabase>
{
    public static TheoryData<string> Names => [.. LabelledPolicy.All.Select(policy => $"{policy.Verdict}: {policy.Name}")];

    [Theory]
    [MemberData(nameof(Names))]
    public void Policy_gets_the_verdict_that_a_person_gave_it(string name)
    {
        var index = LabelledPolicy.All.ToList().FindIndex(policy => $"{policy.Verdict}: {policy.Name}" == name);
        var judgement = database.Judgements[$"{LabelledDatabase.SchemaOf(index)}.t"];
        judgement.Verdict.Should().Be(LabelledPolicy.All[index].Verdict, judgement.Reason);
    }
}
