using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Diagnostics;

/// <summary>Every kind of call, refusal and end there is to report.</summary>
internal static class AllTelemetryEvents
{
    public static async Task RunAsync(TenantDatabaseFixture fixture, TenantConnectionFactory factory)
    {
        var session = factory.CreateSession(fixture.ContextA);
        foreach (var call in SessionCall.All.Values)
        {
            await call(session);
            await using var work = await factory.OpenConnectionAsync(fixture.ContextA);
            await call(work);
        }

        await session.Invoking(s => s.ExecuteAsync(Seed.Insert(Seed.B))).Should().ThrowAsync<TenantAccessDeniedException>();
        await session.Invoking(s => s.ExecuteAsync("SELECT 1 FROM app.admin_access_log")).Should().ThrowAsync<MissingPrivilegeException>();
        await factory.CreateSession(TenantContext.Demo).Invoking(s => s.ExecuteAsync(Seed.Insert(Seed.Demo))).Should().ThrowAsync<DemoReadOnlyException>();
        await factory.CreateSession(TenantContext.ForAdmin("ada", "a test")).ExecuteAsync("SELECT 1");
        await session.QueryAsync<Organization>("SELECT id, name AS misnamed FROM organizations");
        await session.Invoking(s => s.ExecuteScalarAsync<int>("SELECT 'no number'")).Should().ThrowAsync<WorkCommittedException>();
        await session.Invoking(s => s.ExecuteAsync("DO $$ BEGIN RAISE SQLSTATE '40003'; END $$")).Should().ThrowAsync<CommitOutcomeUnknownException>();
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await session.Invoking(s => s.ExecuteAsync("SELECT pg_sleep(60)", cancellationToken: soon.Token)).Should().ThrowAsync<OperationCanceledException>();
        await foreach (var _ in session.QueryUnbufferedAsync<int>("SELECT generate_series(1, 3)"))
            break;

        await using (var forgotten = await factory.OpenConnectionAsync(fixture.ContextA))
            await forgotten.ExecuteAsync("UPDATE invoices SET status = status");

        await using var changed = await factory.OpenConnectionAsync(fixture.ContextA);
        await changed.ExecuteAsync($"SELECT set_config('app.current_org_id', '{Seed.B}', true)");
        await changed.Invoking(w => w.CommitAsync()).Should().ThrowAsync<TenantContextChangedException>();
    }
}
