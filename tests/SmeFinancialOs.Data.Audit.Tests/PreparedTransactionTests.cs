using Npgsql;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Audit.Tests;

/// <summary>On a server of its own: how many transactions may be prepared is settled when it starts.</summary>
public sealed class PreparedTransactionTests : IAsyncLifetime
{
    private PostgresServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        var settings = new Dictionary<string, string> { ["max_prepared_transactions"] = "2" };
        _server = await PostgresServer.StartAsync(new PostgresServerOptions { Settings = settings }, Sql.Cancel);
        if (_server.Kind is PostgresServerKind.ConnectionString)
            Assert.Skip("The server's settings are changed: SME_DATA_POSTGRES=docker, local or embedded.");
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_prepared_transaction_of_a_tenant_keeps_its_lock_when_the_session_is_gone_and_is_found()
    {
        await using var database = await _server.CreateTenantDatabaseAsync(cancellationToken: Sql.Cancel);
        (await FoundAsync(database)).Should().Equal("max_prepared_transactions");

        // Read only, as a tenant, and it ends with its connection.
        await using (var tenant = await Sql.OpenAsync(database.AppConnectionString + ";Pooling=false", Sql.Cancel))
            await tenant.RunAsync("BEGIN READ ONLY; SET LOCAL ROLE tenant_role; LOCK TABLE public.invoices IN ACCESS SHARE MODE; "
                + "PREPARE TRANSACTION 'it''s planted'");

        await using var owner = await Sql.OpenAsync(database.SuperuserConnectionString, Sql.Cancel);
        try
        {
            (await owner.RefusalAsync("BEGIN; LOCK TABLE public.invoices IN ACCESS EXCLUSIVE MODE NOWAIT")).SqlState
                .Should().Be(PostgresErrorCodes.LockNotAvailable);
            (await FoundAsync(database)).Should().BeEquivalentTo("max_prepared_transactions", "'it''s planted'");
        }
        finally
        {
            await owner.RunAsync("ROLLBACK");
            await owner.RunAsync("ROLLBACK PREPARED 'it''s planted'");
        }

        await owner.RunAsync("BEGIN; LOCK TABLE public.invoices IN ACCESS EXCLUSIVE MODE NOWAIT; ROLLBACK");
        (await FoundAsync(database)).Should().Equal("max_prepared_transactions");
    }

    private static async Task<IEnumerable<string>> FoundAsync(TenantDatabase database) =>
        (await new SchemaAudit(database.SuperuserConnectionString).RunAsync(Sql.Cancel)).Findings
            .Where(finding => finding.RuleId == "prepared-transactions").Select(finding => finding.ObjectName);
}
