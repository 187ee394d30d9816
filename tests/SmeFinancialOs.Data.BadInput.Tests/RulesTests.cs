namespace SmeFinancialOs.Data.BadInput.Tests;

/// <summary>The rules find what they are there for.</summary>
[Collection<BadInputTestGroup>]
public sealed class RulesTests(BadInputDatabase world)
{
    [Theory]
    [InlineData(nameof(RuleViolations.Dereferences), "null", "throws NullReferenceException")]
    [InlineData(nameof(RuleViolations.Accepts), "null", "is accepted")]
    [InlineData(nameof(RuleViolations.Accepts), "blank", "is accepted")]
    [InlineData(nameof(RuleViolations.NamesAnother), "null", "is not what the refusal is about")]
    [InlineData(nameof(RuleViolations.ThrowsAnything), "null", "throws Exception")]
    [InlineData(nameof(RuleViolations.Hangs), "null", "throws HangException")]
    [InlineData(nameof(RuleViolations.LeavesARow), "null", "leaves something behind")]
    [InlineData(nameof(RuleViolations.LogsAnAdmin), "null", "logs an admin")]
    [InlineData(nameof(RuleViolations.KeepsAConnection), "null", "spoils a connection")]
    [InlineData(nameof(RuleViolations.TellsAPassword), "null", "tells a secret")]
    [InlineData(nameof(RuleViolations.HidesTheHost), "throws", "hides what the host's own code threw")]
    public async Task Method_that_breaks_a_rule_is_found(string method, string badName, string complaint)
    {
        RuleViolations.BadInputDatabase = world;
        var member = new Member(typeof(RuleViolations).GetMethod(method)!, Property: null);
        var parameter = member.Parameters[0];

        var complaints = await new BadCallCheck(world) { Patience = TimeSpan.FromSeconds(5) }.CallAsync(member, parameter,
            InvalidArgument.For(member, parameter).Single(bad => bad.Name == badName));

        if (RuleViolations.Kept is { } kept)
            await kept.DisposeAsync();
        complaints.Should().Contain(found => found.Contains(complaint, StringComparison.Ordinal));
    }
}
