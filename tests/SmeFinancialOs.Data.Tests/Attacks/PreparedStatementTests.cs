using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>A plan made for one tenant or role is not reused for another.</summary>
public sealed class PreparedStatementTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private static readonly string[] EveryOrganization = [Seed.A, Seed.B, Seed.Demo];

    [Theory]
    [InlineData("auto")]
    [InlineData("force_generic_plan")]
    [InlineData("force_custom_plan")]
    public async Task A_prepared_statement_follows_tenant_and_role(string mode)
    {
        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: $"SET LOCAL plan_cache_mode = {mode}");
        await trial.Connection.RunAsync("PREPARE listing AS SELECT DISTINCT org_id FROM public.invoices ORDER BY 1");
        (Actor Actor, string[] Seen)[] turns =
        [
            (Actor.TenantA, [Seed.A]), (Actor.TenantB, [Seed.B]), (Actor.Admin, EveryOrganization), (Actor.Demo, [Seed.Demo]),
            (Actor.TenantOfNobody, []), (Actor.TenantA, [Seed.A]), (Actor.Admin, EveryOrganization), (Actor.TenantB, [Seed.B]),
        ];
        foreach (var (actor, seen) in turns)
        {
            await trial.BecomeAsync(actor);
            // Often enough for a generic plan to be made.
            for (var time = 0; time < 7; time++)
                (await trial.TryAsync("EXECUTE listing")).Values.Should().Equal(seen, "{0} asks", actor);
        }
    }

    [Fact]
    public async Task The_librarys_prepared_statements_follow_the_context()
    {
        await using var single = Npgsql.NpgsqlDataSource.Create(fixture.Database.AppConnectionString
            + ";Maximum Pool Size=1;Max Auto Prepare=20;Auto Prepare Min Usages=2");
        var factory = new TenantConnectionFactory(single);
        foreach (var (context, seen) in Enumerable.Repeat(new[] { (fixture.ContextA, Seed.A), (fixture.ContextB, Seed.B), (TenantContext.Demo, Seed.Demo) }, 8)
            .SelectMany(turn => turn))
        {
            (await factory.CreateSession(context)
                .QueryAsync<Guid>("SELECT DISTINCT org_id FROM public.invoices", cancellationToken: TestContext.Current.CancellationToken))
                .Should().Equal(Guid.Parse(seen));
        }
    }

    [Fact]
    public async Task A_context_function_marked_immutable_would_hand_out_the_first_tenants_rows()
    {
        const string immutable = "ALTER FUNCTION app.current_org_id() IMMUTABLE";
        (await fixture.TruthAsync<char>("SELECT provolatile FROM pg_proc WHERE oid = 'app.current_org_id'::regproc")).Should().Be('s');

        await using var trial = await Attack.StartAsync(fixture, Actor.TenantA, without: immutable + "; SET LOCAL plan_cache_mode = force_generic_plan");
        await trial.Connection.RunAsync("PREPARE listing AS SELECT customer_name FROM public.invoices; EXECUTE listing");
        await trial.Connection.RunAsync($"SET LOCAL app.current_org_id = '{Seed.B}'");
        (await trial.TryAsync("EXECUTE listing")).Shows(Seed.SecretOfA).Should().BeTrue();
    }

    [Fact]
    public async Task Nobody_but_the_owner_can_change_the_context_function()
    {
        await using var connection = await fixture.OpenAsAsync(Actor.TenantA);
        (await connection.SqlStateOfAsync("ALTER FUNCTION app.current_org_id() IMMUTABLE")).Should().Be("42501");
    }
}
