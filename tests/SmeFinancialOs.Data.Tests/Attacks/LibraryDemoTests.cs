using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

public sealed class LibraryDemoTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Writes => DemoLayerTests.Writes;

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Neither_session_nor_unit_of_work_writes_to_the_demo(string write)
    {
        await fixture.Factory.CreateSession(TenantContext.Demo).Invoking(s => s.ExecuteAsync(write, cancellationToken: Token))
            .Should().ThrowAsync<DemoReadOnlyException>();
        await using var work = await fixture.Factory.OpenConnectionAsync(TenantContext.Demo, Token);
        await work.Invoking(w => w.ExecuteAsync(write, cancellationToken: Token)).Should().ThrowAsync<DemoReadOnlyException>();
    }

    [Theory]
    [InlineData("SET ROLE tenant_role; DELETE FROM public.invoices")]
    [InlineData($"SELECT set_config('role', 'tenant_role', true), set_config('app.current_org_id', '{Seed.A}', true); DELETE FROM public.invoices")]
    [InlineData("SET TRANSACTION READ WRITE; DELETE FROM public.invoices")]
    [InlineData("SELECT set_config('transaction_read_only', 'off', true); DELETE FROM public.invoices")]
    public async Task Another_role_or_access_mode_does_not_make_the_demos_transaction_writable(string attack)
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(TenantContext.Demo, Token);
        (await work.Connection.SqlStateOfAsync(attack)).Should().BeOneOf("25006", "25001");
        var session = () => fixture.Factory.CreateSession(TenantContext.Demo).ExecuteAsync(attack, cancellationToken: Token);
        (await session.Should().ThrowAsync<Exception>()).Which
            .Should().Match(e => e is DemoReadOnlyException || ((Npgsql.PostgresException)e).SqlState == "25001");
        (await fixture.TruthAsync<long>("SELECT count(*) FROM public.invoices")).Should().Be(3 * Seed.InvoicesEach);
    }

    [Fact]
    public async Task The_demos_id_gives_the_demo_context_and_so_errors_instead_of_silent_zeros()
    {
        var context = TenantContext.ForOrganization(TenantContext.DemoOrganizationId);
        context.Should().Be(TenantContext.Demo);
        context.IsReadOnly.Should().BeTrue();
        await fixture.Factory.CreateSession(context).Invoking(s => s.ExecuteAsync("DELETE FROM public.invoices", cancellationToken: Token))
            .Should().ThrowAsync<DemoReadOnlyException>();
    }

    [Fact]
    public async Task The_demo_reads_its_own_rows_alone()
    {
        (await fixture.Factory.CreateSession(TenantContext.Demo).QueryAsync<Guid>("SELECT DISTINCT org_id FROM public.invoices", cancellationToken: Token))
            .Should().Equal(TenantContext.DemoOrganizationId);
    }
}
