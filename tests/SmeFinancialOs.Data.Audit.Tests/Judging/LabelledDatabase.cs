using System.Globalization;

namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>Every labelled policy in a schema of its own, audited once.</summary>
public sealed class LabelledDatabase : IAsyncLifetime
{
    private readonly string _web = "web_" + Guid.NewGuid().ToString("N")[..8];

    internal IReadOnlyDictionary<string, PolicyJudgement> Judgements { get; private set; } = new Dictionary<string, PolicyJudgement>();

    internal AuditReport? Report { get; private set; }

    internal string ConnectionString { get; private set; } = "";

    internal string Role => _web;

    public async ValueTask InitializeAsync()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = ConnectionString = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await using (var connection = await Sql.OpenAsync(database, Sql.Cancel))
        {
            await connection.RunAsync($"""
                CREATE ROLE {_web} LOGIN PASSWORD 'p'; CREATE ROLE other_{_web};
                CREATE COLLATION public.ignores_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
                CREATE COLLATION public.ignores_width (provider = icu, locale = 'und-u-kc-true-ks-level3', deterministic = false);
                """);
            for (var i = 0; i < LabelledPolicy.All.Count; i++)
            {
                var policy = LabelledPolicy.All[i];
                await connection.RunAsync(Named($"""
                    CREATE SCHEMA $schema; SET search_path = $schema, public;
                    GRANT USAGE ON SCHEMA $schema TO $web; CREATE TYPE invoice_state AS ENUM ('open', 'deleted'); CREATE SEQUENCE numbers;
                    CREATE DOMAIN cents AS integer NOT NULL CHECK (VALUE > 0); CREATE DOMAIN tenant_key AS bigint CHECK (VALUE > 0);
                    GRANT USAGE ON SEQUENCE numbers TO $web;
                    CREATE TABLE members (tenant_id bigint, user_id bigint, role text, PRIMARY KEY (tenant_id, user_id));
                    CREATE TABLE orders (tenant_id bigint NOT NULL, id bigint, state text, PRIMARY KEY (tenant_id, id));
                    {policy.Before}
                    CREATE TABLE t ({policy.Table});
                    ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY;
                    GRANT SELECT, INSERT, UPDATE, DELETE ON t TO $web;
                    {policy.Sql}
                    """, SchemaOf(i)));
            }
        }

        var options = new SchemaAuditOptions
        {
            TenantColumn = "tenant_id",
            TenantSetting = "app.tenant",
            AppLogins = [_web],
            TenantRoles = [],
            AdminLogins = [],
            AdminRoles = [],
        };
        Report = await new SchemaAudit(database, options).RunAsync(Sql.Cancel);
        Judgements = Report.Judgements.Where(judgement => judgement.Table.EndsWith(".t", StringComparison.Ordinal)).ToDictionary(judgement => judgement.Table);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal static string SchemaOf(int index) => string.Create(CultureInfo.InvariantCulture, $"case_{index}");

    private string Named(string sql, string schema) => sql
        .Replace("$schema", schema, StringComparison.Ordinal).Replace("$web", _web, StringComparison.Ordinal)
        .Replace("$other", $"other_{_web}", StringComparison.Ordinal)
        .Replace("$cur", "(SELECT nullif(current_setting('app.tenant', true), '')::bigint)", StringComparison.Ordinal)
        .Replace("$me", "nullif(current_setting('app.user', true), '')::bigint", StringComparison.Ordinal)
        .Replace("$text", "(SELECT nullif(current_setting('app.tenant', true), ''))", StringComparison.Ordinal);
}
