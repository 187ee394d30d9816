using System.Globalization;

namespace SmeFinancialOs.Data.Audit.Tests.Judging;

/// <summary>Every labelled view and function in a schema of its own, with a row of each of two tenants, audited once.</summary>
public sealed class ObjectDatabase : IAsyncLifetime
{
    internal string Role { get; } = "web_" + Guid.NewGuid().ToString("N")[..8];

    internal AuditReport? Report { get; private set; }

    internal string ConnectionString { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        ConnectionString = await (await TestServer.GetSharedAsync(Sql.Cancel)).CreateEmptyDatabaseAsync(Sql.Cancel);
        await using (var connection = await Sql.OpenAsync(ConnectionString, Sql.Cancel))
        {
            await connection.RunAsync($"CREATE ROLE {Role} LOGIN");
            for (var i = 0; i < LabelledObject.All.Count; i++)
            {
                await connection.RunAsync(Named($"""
                    CREATE SCHEMA $schema; GRANT USAGE ON SCHEMA $schema TO $web; SET search_path = $schema;
                    CREATE TABLE items (tenant_id bigint NOT NULL, id bigint UNIQUE, note text, PRIMARY KEY (tenant_id, id));
                    CREATE TABLE lines (item_id bigint REFERENCES items (id)); CREATE TABLE codes (code text PRIMARY KEY);
                    CREATE TABLE parts (tenant_id bigint NOT NULL, item_id bigint NOT NULL, id bigint, PRIMARY KEY (tenant_id, id),
                        FOREIGN KEY (tenant_id, item_id) REFERENCES items (tenant_id, id));
                    CREATE TABLE prices (tenant_id bigint NOT NULL, item_id bigint REFERENCES items (id), amount bigint, note text);
                    CREATE TABLE numbers (tenant_id bigint NOT NULL, number bigint, name text);
                    INSERT INTO numbers VALUES (1001, 11, 'eleven'), (2002, 22, 'twenty-two');
                    INSERT INTO items VALUES (1001, 1, 'own'), (2002, 2, 'other'); INSERT INTO lines VALUES (1), (2); INSERT INTO codes VALUES ('a');
                    INSERT INTO parts VALUES (1001, 1, 11), (2002, 2, 22); INSERT INTO prices VALUES (1001, 1, 5, 'own'), (2002, 1, 7, 'stray');
                    ALTER TABLE items ENABLE ROW LEVEL SECURITY; ALTER TABLE items FORCE ROW LEVEL SECURITY;
                    CREATE POLICY p ON items USING (tenant_id = $cur); GRANT SELECT ON items TO $web;
                    {LabelledObject.All[i].Sql}
                    """, string.Create(CultureInfo.InvariantCulture, $"case_{i}"), Role));
            }
        }
        var options = new SchemaAuditOptions
        {
            TenantColumn = "tenant_id",
            TenantSetting = "app.tenant",
            AppLogins = [Role],
            TenantRoles = [],
            AdminLogins = [],
            AdminRoles = [],
        };
        Report = await new SchemaAudit(ConnectionString, options).RunAsync(Sql.Cancel);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal static string Named(string sql, string schema, string role) => sql
        .Replace("$schema", schema, StringComparison.Ordinal).Replace("$web", role, StringComparison.Ordinal)
        .Replace("$cur", "(SELECT nullif(current_setting('app.tenant', true), '')::bigint)", StringComparison.Ordinal);
}
