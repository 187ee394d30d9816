using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>The owner of the tables: bound under FORCE, and refused unless it declares a maintenance.</summary>
public sealed class OwnerTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    [Theory]
    [InlineData("SELECT count(*) FROM public.invoices")]
    [InlineData("SELECT count(*) FROM public.organizations")]
    [InlineData("WITH gone AS (DELETE FROM public.invoices RETURNING 1) SELECT count(*) FROM gone")]
    public async Task Owner_reaches_no_row_until_FORCE_is_taken_away(string attack)
    {
        await using (var trial = await Attack.StartAsync(fixture, Actor.Owner))
            (await trial.TryAsync(attack)).SqlState.Should().Be("42501");

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
    public async Task A_backfill_of_the_owner_fails_until_it_begins_a_maintenance()
    {
        const string backfill = "UPDATE public.invoices SET status = 'void'";
        await using var trial = await Attack.StartAsync(fixture, Actor.Owner);
        (await trial.TryAsync(backfill)).SqlState.Should().Be("42501");
        await trial.Connection.RunAsync("SELECT app.begin_maintenance('a backfill')");
        (await trial.Connection.RunAsync(backfill)).Should().Be(3 * Seed.InvoicesEach);
    }
}
