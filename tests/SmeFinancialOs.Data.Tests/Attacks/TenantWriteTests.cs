using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

public sealed class TenantWriteTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    [Theory]
    [MemberData(nameof(WriteAttacks.OnB), MemberType = typeof(WriteAttacks))]
    public async Task Tenant_cannot_write_to_another_tenant(string attack, string? refusal)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA);
        (await trial.TryAsync(attack)).SqlState.Should().Be(refusal);
        (await trial.OthersWereChangedAsync()).Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(WriteAttacks.OnB), MemberType = typeof(WriteAttacks))]
    public async Task The_same_writes_succeed_under_a_loose_policy(string attack, string? refusal)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: DefenceRemoval.TenantIsolation + "; " + DefenceRemoval.DemoRows);
        (await trial.TryAsync(attack)).SqlState.Should().Be(null, "it was refused with {0} by the policy alone", refusal);
        (await trial.OthersWereChangedAsync()).Should().BeTrue();
    }

    [Theory]
    [MemberData(nameof(WriteAttacks.OnB), MemberType = typeof(WriteAttacks))]
    public async Task A_committed_attack_of_the_real_login_leaves_the_others_as_they_were(string attack, string? refusal)
    {
        await fixture.SeedAsync();
        var before = await fixture.TruthAsync<string>(Seed.FingerprintOfOthers);
        await using (var connection = await fixture.OpenAsAsync(Actor.TenantA))
            (await connection.SqlStateOfAsync(attack)).Should().Be(refusal);

        (await fixture.TruthAsync<string>(Seed.FingerprintOfOthers)).Should().Be(before);
        await fixture.SeedAsync(); // A's own rows may be gone, and the other tests attack with them
    }

    [Fact]
    public async Task A_loose_check_lets_inserts_through_while_reads_stay_closed()
    {
        // Why attacks carry no RETURNING: with it the SELECT policy refuses, and the hole in the INSERT check is not seen.
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: DefenceRemoval.TenantCheck);
        (await trial.TryAsync(Seed.Insert(Seed.B) + " RETURNING id")).SqlState.Should().Be("42501");
        (await trial.TryAsync(Seed.Insert(Seed.B))).SqlState.Should().BeNull();
        (await trial.OthersWereChangedAsync()).Should().BeTrue();
    }

    [Theory]
    [InlineData("UPDATE", "UPDATE public.invoices SET customer_name = 'stolen'")]
    [InlineData("DELETE", "DELETE FROM public.invoices")]
    public async Task A_policy_looser_for_one_command_is_seen_only_by_an_attack_without_WHERE(string command, string attack)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA,
            without: $"CREATE POLICY loose ON public.invoices FOR {command} TO tenant_role USING (true)");
        (await trial.Connection.RunAsync(attack + " WHERE number = 'B-1'")).Should().Be(0, "the condition asks the SELECT policy too");
        (await trial.Connection.RunAsync(attack)).Should().Be(2 * Seed.InvoicesEach);
        (await trial.OthersWereChangedAsync()).Should().BeTrue();
        (await trial.TryAsync("SELECT app.protect_table('public.invoices')")).SqlState.Should().Be("42710", "protect_table does not accept such a policy");
    }

    [Theory]
    [InlineData("TRUNCATE public.invoices")]
    [InlineData("TRUNCATE public.organizations CASCADE")]
    public async Task Tenant_cannot_truncate(string attack)
    {
        await using (var trial = await Attack.StartAsync(fixture, Actor.TenantA))
            (await trial.TryAsync(attack)).SqlState.Should().Be("42501");

        await using var granted = await Attack.StartAsync(fixture, Actor.TenantA,
            without: "GRANT TRUNCATE ON public.invoices, public.organizations TO tenant_role; ALTER TABLE public.organizations DISABLE TRIGGER USER");
        (await granted.TryAsync(attack)).SqlState.Should().BeNull();
        (await granted.OthersWereChangedAsync()).Should().BeTrue("TRUNCATE does not ask the policies");
    }

    [Fact]
    public async Task Copy_in_is_refused()
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA);
        var copy = () => connection.BeginTextImportAsync("COPY public.invoices FROM STDIN", TestContext.Current.CancellationToken);
        (await copy.Should().ThrowAsync<Npgsql.PostgresException>()).Which.SqlState.Should().Be("0A000");
    }
}
