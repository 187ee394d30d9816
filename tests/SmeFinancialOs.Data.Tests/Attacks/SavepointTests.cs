using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

public sealed class SavepointTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string ToB = $"SELECT set_config('app.current_org_id', '{Seed.B}', true)";

    [Fact]
    public async Task Rolling_back_to_a_savepoint_restores_the_tenant_of_the_transaction()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, TestContext.Current.CancellationToken);
        await work.Connection.RunAsync($"SAVEPOINT s; {ToB}; ROLLBACK TO SAVEPOINT s");
        (await work.Connection.ReadAsync("SELECT DISTINCT org_id FROM public.invoices")).Should().Equal(Seed.A);
        await work.Invoking(w => w.CommitAsync(TestContext.Current.CancellationToken)).Should().NotThrowAsync();
    }

    [Fact]
    public async Task A_tenant_set_only_inside_a_savepoint_is_nobody_after_it()
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantOfNobody);
        await trial.Connection.RunAsync($"SAVEPOINT s; {ToB}; ROLLBACK TO SAVEPOINT s");
        (await trial.TryAsync("SELECT DISTINCT org_id FROM public.invoices")).Values.Should().BeEmpty();
    }

    [Theory]
    [InlineData($"SAVEPOINT s; {ToB}; RELEASE SAVEPOINT s")]
    [InlineData($"DO $$ BEGIN PERFORM set_config('app.current_org_id', '{Seed.B}', true); EXCEPTION WHEN OTHERS THEN NULL; END $$")]
    public async Task A_change_that_outlives_its_savepoint_is_not_committed(string change)
    {
        await using (var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, TestContext.Current.CancellationToken))
        {
            await work.Connection.RunAsync(Seed.Insert(Seed.A, "kept-by-mistake"));
            await work.Connection.RunAsync(change);
            await work.Invoking(w => w.CommitAsync(TestContext.Current.CancellationToken)).Should().ThrowAsync<TenantContextChangedException>();
        }

        (await fixture.TruthAsync<long>("SELECT count(*) FROM public.invoices WHERE number = 'kept-by-mistake'")).Should().Be(0);
    }

    [Fact]
    public async Task Rolling_back_to_a_savepoint_gives_a_role_back_but_never_one_the_login_has_not()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, TestContext.Current.CancellationToken);
        await work.Connection.RunAsync("SAVEPOINT s; RESET ROLE");
        (await work.Connection.SqlStateOfAsync("TABLE public.invoices")).Should().Be("42501");
        await work.Connection.RunAsync("ROLLBACK TO SAVEPOINT s");
        (await work.Connection.ReadAsync("SELECT current_user")).Should().Equal("tenant_role");
    }

    [Fact]
    public async Task Rolling_back_to_a_savepoint_does_not_make_a_read_only_transaction_writable()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA.AsReadOnly(), TestContext.Current.CancellationToken);
        await work.Connection.RunAsync("SAVEPOINT s; ROLLBACK TO SAVEPOINT s");
        (await work.Connection.SqlStateOfAsync("DELETE FROM public.invoices")).Should().Be("25006");
    }
}
