using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>The owner of the tables: bound under FORCE, and therefore blind.</summary>
public sealed class OwnerTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    [Theory]
    [InlineData("SELECT count(*) FROM public.invoices")]
    [InlineData("SELECT count(*) FROM public.organizations")]
    [InlineData("WITH gone AS (DELETE FROM public.invoices RETURNING 1) SELECT count(*) FROM gone")]
    public async Task Owner_reaches_no_row_until_FORCE_is_taken_away(string attack)
    {
        await using (var trial = await Attack.StartAsync(fixture, Actor.Owner))
            (await trial.TryAsync(attack)).Values.Should().Equal("0");

        await using var loose = await Attack.StartAsync(fixture, Actor.Owner, without: DefenceRemoval.Force);
        (await loose.TryAsync(attack)).Values.Should().NotEqual(["0"]);
    }

    [Fact]
    public async Task Owner_cannot_insert_until_FORCE_is_taken_away()
    {
        await using (var trial = await Attack.StartAsync(fixture, Actor.Owner))
            (await trial.TryAsync(Seed.Insert(Seed.B))).SqlState.Should().Be("42501");

        await using var loose = await Attack.StartAsync(fixture, Actor.Owner, without: DefenceRemoval.Force);
        (await loose.TryAsync(Seed.Insert(Seed.B))).SqlState.Should().BeNull();
        (await loose.OthersWereChangedAsync()).Should().BeTrue();
    }

    [Fact]
    public async Task A_backfill_of_the_owner_changes_nothing_and_says_so_by_its_count()
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.Owner);
        (await trial.Connection.RunAsync("UPDATE public.invoices SET status = 'void'")).Should().Be(0, "data is fixed as admin_role");
        await trial.BecomeAsync(Actor.Admin);
        (await trial.Connection.RunAsync("UPDATE public.invoices SET status = 'void'")).Should().Be(3 * Seed.InvoicesEach);
    }
}
