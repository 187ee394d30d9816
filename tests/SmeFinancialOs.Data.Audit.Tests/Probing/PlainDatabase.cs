using SmeFinancialOs.Data.Audit.Probing;

namespace SmeFinancialOs.Data.Audit.Tests.Probing;

/// <summary>An empty database: each test makes its tables and roles in the transaction of its probe, which is rolled back.</summary>
public sealed class PlainDatabase : IAsyncLifetime
{
    private string _connectionString = "";

    public async ValueTask InitializeAsync() =>
        _connectionString = await (await TestServer.GetSharedAsync(Sql.Cancel)).CreateEmptyDatabaseAsync(Sql.Cancel);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>$web is the login of the app, $other another role, $cur the tenant of the setting app.tenant.</summary>
    internal async Task<IsolationReport> ProbeAsync(string sql, Func<string, IsolationProbeOptions>? options = null)
    {
        var web = "web_" + Guid.NewGuid().ToString("N")[..8];
        await using var connection = await Sql.OpenAsync(_connectionString, Sql.Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Sql.Cancel);
        await connection.RunAsync($"CREATE ROLE {web} LOGIN; CREATE ROLE other_{web};" + sql
            .Replace("$web", web, StringComparison.Ordinal).Replace("$other", $"other_{web}", StringComparison.Ordinal)
            .Replace("$cur", "(SELECT nullif(current_setting('app.tenant', true), '')::bigint)", StringComparison.Ordinal));
        return await ProbeRun.RunAsync(new ProbeSession(connection, Sql.Cancel), options?.Invoke(web) ?? Options(web), null);
    }

    internal const string Protected = """
        CREATE TABLE t (tenant_id bigint NOT NULL, id bigint, note text, PRIMARY KEY (tenant_id, id));
        ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY; GRANT SELECT, INSERT, UPDATE, DELETE ON t TO $web;
        """;

    internal const string Sound = Protected + "CREATE POLICY own ON t USING (tenant_id = $cur);";

    internal static IsolationProbeOptions Options(string web, string setting = "app.tenant", bool allowSignUp = false,
        string[]? adminRoles = null, params IsolationAllowance[] allowlist) => new()
        {
            TenantColumn = "tenant_id",
            TenantSetting = setting,
            AppLogins = [web],
            TenantRoles = [],
            AdminLogins = [],
            AdminRoles = adminRoles ?? [],
            AllowSignUp = allowSignUp,
            Allowlist = allowlist,
        };
}
