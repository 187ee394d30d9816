using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Testing.Tests;

/// <summary>One line in a host's test suite.</summary>
public sealed class TenantIsolationTests
{
    [Fact]
    public async Task A_sound_schema_passes()
    {
        await using var database = await DatabaseAsync();
        var report = await TenantIsolation.AssertAsync(database.SuperuserConnectionString, cancellationToken: TestContext.Current.CancellationToken);
        report.AttackCount.Should().BeGreaterThan(500);
    }

    [Fact]
    public async Task A_hole_throws_with_the_statement_that_got_through()
    {
        await using var database = await DatabaseAsync();
        await Sql.ExecuteAsync(database.SuperuserConnectionString, "ALTER TABLE invoices DISABLE ROW LEVEL SECURITY");
        var thrown = await FluentActions.Awaiting(() => TenantIsolation.AssertAsync(database.SuperuserConnectionString))
            .Should().ThrowAsync<TenantIsolationException>();
        thrown.Which.Report!.Breaches.Should().Contain(breach => breach.ObjectName == "public.invoices" && breach.Attacks.Count > 5)
            .And.HaveCountLessThan(5);
        thrown.Which.Message.Should().Contain("SET LOCAL SESSION AUTHORIZATION 'app_user';").And.Contain("public.invoices: select:")
            .And.Contain("attacks held, as app_user");
    }

    [Fact]
    public async Task What_could_not_be_probed_throws_too_unless_it_is_allowed()
    {
        await using var database = await DatabaseAsync();
        await Sql.ExecuteAsync(database.SuperuserConnectionString, "ALTER TABLE invoices ADD CHECK (length(number) * 7 = 350 AND md5(number) LIKE 'abc%')");
        var thrown = await FluentActions.Awaiting(() => TenantIsolation.AssertAsync(database.SuperuserConnectionString))
            .Should().ThrowAsync<TenantIsolationException>();
        thrown.Which.Message.Should().Contain("public.invoices: It could not be filled");

        var options = new IsolationProbeOptions { Allowlist = [new("public.invoices", IsolationProbe.NotProbedRule, "Filled by hand elsewhere.")] };
        await TenantIsolation.AssertAsync(database.SuperuserConnectionString, options, TestContext.Current.CancellationToken);
    }

    private static async Task<TenantDatabase> DatabaseAsync() =>
        await (await PostgresServer.GetSharedAsync(TestContext.Current.CancellationToken))
            .CreateTenantDatabaseAsync(cancellationToken: TestContext.Current.CancellationToken);
}
