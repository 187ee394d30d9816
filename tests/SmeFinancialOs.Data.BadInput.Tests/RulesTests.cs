namespace SmeFinancialOs.Data.BadInput.Tests;

/// <summary>The rules find what they are there for.</summary>
[Collection<OneWorld>]
public sealed class RulesTests(World world)
{
    [Theory]
    [InlineData(nameof(Careless.Dereferences), "null", "throws NullReferenceException")]
    [InlineData(nameof(Careless.Accepts), "null", "is accepted")]
    [InlineData(nameof(Careless.Accepts), "blank", "is accepted")]
    [InlineData(nameof(Careless.NamesAnother), "null", "is not what the refusal is about")]
    [InlineData(nameof(Careless.ThrowsAnything), "null", "throws Exception")]
    [InlineData(nameof(Careless.Hangs), "null", "throws HangException")]
    [InlineData(nameof(Careless.LeavesARow), "null", "leaves something behind")]
    [InlineData(nameof(Careless.LogsAnAdmin), "null", "logs an admin")]
    [InlineData(nameof(Careless.KeepsAConnection), "null", "spoils a connection")]
    [InlineData(nameof(Careless.TellsAPassword), "null", "tells a secret")]
    [InlineData(nameof(Careless.HidesTheHost), "throws", "hides what the host's own code threw")]
    public async Task Careless_method_is_found(string method, string badName, string complaint)
    {
        Careless.World = world;
        var member = new Member(typeof(Careless).GetMethod(method)!, Property: null);
        var parameter = member.Parameters[0];

        var complaints = await new Examination(world) { Patience = TimeSpan.FromSeconds(5) }.CallAsync(member, parameter,
            Bad.For(member, parameter).Single(bad => bad.Name == badName));

        if (Careless.Kept is { } kept)
            await kept.DisposeAsync();
        complaints.Should().Contain(found => found.Contains(complaint, StringComparison.Ordinal));
    }
}
