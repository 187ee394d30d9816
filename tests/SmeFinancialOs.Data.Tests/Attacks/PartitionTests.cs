using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>A partition or an inheritance child answers a direct query with policies of its own, or with none.</summary>
public sealed class PartitionTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string AsOwner = "SET LOCAL ROLE app_owner; ";

    [Theory]
    [InlineData("PARTITION BY LIST (kind)", "CREATE TABLE public.ledger_part PARTITION OF public.ledger FOR VALUES IN (1)")]
    [InlineData("", "CREATE TABLE public.ledger_part () INHERITS (public.ledger)")]
    public async Task A_partition_or_child_of_a_protected_table_cannot_be_asked_directly(string partitioned, string child)
    {
        var scene = $"""
            {AsOwner}CREATE TABLE public.ledger (org_id uuid NOT NULL REFERENCES public.organizations (id), kind int NOT NULL, secret text) {partitioned};
            {child}; SELECT app.protect_table('public.ledger'); RESET ROLE;
            INSERT INTO public.ledger_part VALUES ('{Seed.A}', 1, '{Seed.SecretOfA}'), ('{Seed.B}', 1, '{Seed.SecretOfB}')
            """;
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: scene);
        (await trial.TryAsync("SELECT secret FROM public.ledger")).Values.Should().Equal(Seed.SecretOfA);
        (await trial.TryAsync("SELECT secret FROM public.ledger_part")).SqlState.Should().Be("42501");
        (await trial.TryAsync("DELETE FROM public.ledger_part")).SqlState.Should().Be("42501");

        // Even with a grant the child answers nothing: it is under row-level security and has no policy.
        await trial.Connection.RunAsync("RESET ROLE; RESET SESSION AUTHORIZATION; GRANT SELECT ON public.ledger_part TO tenant_role");
        await trial.BecomeAsync(Actor.TenantA);
        (await trial.TryAsync("SELECT secret FROM public.ledger_part")).Values.Should().BeEmpty();

        await trial.Connection.RunAsync("RESET ROLE; RESET SESSION AUTHORIZATION; ALTER TABLE public.ledger_part DISABLE ROW LEVEL SECURITY");
        await trial.BecomeAsync(Actor.TenantA);
        (await trial.TryAsync("SELECT secret FROM public.ledger_part")).Shows(Seed.SecretOfB).Should().BeTrue();
    }

    [Fact]
    public async Task A_partition_added_later_is_out_of_reach_and_filtered_through_its_parent()
    {
        const string scene = $"""
            {AsOwner}CREATE TABLE public.ledger (org_id uuid NOT NULL REFERENCES public.organizations (id), kind int NOT NULL, secret text)
                PARTITION BY LIST (kind);
            SELECT app.protect_table('public.ledger');
            CREATE TABLE public.ledger_part PARTITION OF public.ledger FOR VALUES IN (1); RESET ROLE;
            INSERT INTO public.ledger_part VALUES ('{Seed.A}', 1, '{Seed.SecretOfA}'), ('{Seed.B}', 1, '{Seed.SecretOfB}')
            """;
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: scene);
        (await trial.TryAsync("SELECT secret FROM public.ledger")).Values.Should().Equal(Seed.SecretOfA);
        (await trial.TryAsync("SELECT secret FROM public.ledger_part")).SqlState.Should().Be("42501");
    }
}
