namespace SmeFinancialOs.Data.Audit.Tests.Drift;

/// <summary>A schema of a host's own, in which the cases make a change and take it back.</summary>
public sealed class DriftDatabase : IAsyncLifetime
{
    internal const string Password = "a-password-of-a-role";
    internal const string Secret = "a-secret-in-a-custom-setting";

    private const string Roles = $"""
        CREATE ROLE $owner; CREATE ROLE $reader; CREATE ROLE $admin; CREATE ROLE $job LOGIN PASSWORD '{Password}';
        CREATE ROLE $web LOGIN PASSWORD '{Password}'; CREATE ROLE $ops LOGIN PASSWORD '{Password}';
        GRANT $reader TO $web; GRANT $admin TO $ops; ALTER ROLE $web SET app.token_key = '{Secret}';
        """;

    private const string Schema = """
        CREATE SCHEMA shop AUTHORIZATION $owner; GRANT USAGE ON SCHEMA shop TO $web, $reader, $job, $admin;
        SET ROLE $owner;
        CREATE FUNCTION shop.current_tenant() RETURNS bigint LANGUAGE sql STABLE AS $$SELECT nullif(current_setting('app.tenant', true), '')::bigint$$;
        CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN NEW; END';
        CREATE FUNCTION shop.greet() RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT ''hello''';
        CREATE TABLE shop.tenants (tenant_id bigint PRIMARY KEY);
        CREATE TABLE shop.orders (tenant_id bigint NOT NULL REFERENCES shop.tenants, id bigint, state text, PRIMARY KEY (tenant_id, id));
        CREATE TABLE shop.lines (tenant_id bigint NOT NULL REFERENCES shop.tenants, id bigint, order_id bigint, PRIMARY KEY (tenant_id, id),
            CONSTRAINT lines_order FOREIGN KEY (tenant_id, order_id) REFERENCES shop.orders (tenant_id, id));
        CREATE TABLE shop.files (tenant_id bigint NOT NULL REFERENCES shop.tenants, id bigint, PRIMARY KEY (tenant_id, id));
        CREATE TABLE shop.audit (tenant_id bigint NOT NULL REFERENCES shop.tenants, id bigint, PRIMARY KEY (tenant_id, id));
        CREATE TABLE shop.reports (tenant_id bigint NOT NULL REFERENCES shop.tenants, id bigint, PRIMARY KEY (tenant_id, id));
        CREATE TABLE shop.shares (tenant_id bigint NOT NULL REFERENCES shop.tenants, id bigint, PRIMARY KEY (tenant_id, id));
        DO $do$ DECLARE t text; BEGIN
            FOREACH t IN ARRAY '{tenants,orders,lines,files,audit,reports,shares}'::text[] LOOP
                EXECUTE format('ALTER TABLE shop.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
            END LOOP;
        END $do$;
        CREATE POLICY own ON shop.tenants USING (tenant_id = $cur);
        CREATE POLICY own ON shop.orders USING (tenant_id = $cur);
        CREATE POLICY own ON shop.lines USING (tenant_id = $cur);
        CREATE POLICY all_of_them ON shop.lines TO $admin USING (true);
        CREATE POLICY own ON shop.files USING (tenant_id = (SELECT shop.current_tenant()));
        CREATE POLICY own ON shop.audit USING (tenant_id = $cur);
        CREATE POLICY own ON shop.reports USING (tenant_id = $cur);
        CREATE POLICY any_row ON shop.shares USING (true);
        CREATE POLICY bounds ON shop.shares AS RESTRICTIVE USING (tenant_id = $cur);
        CREATE POLICY no_delete ON shop.shares AS RESTRICTIVE FOR DELETE USING (false);
        CREATE TRIGGER touch BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.touch();
        CREATE VIEW shop.open_orders WITH (security_invoker = true) AS SELECT * FROM shop.orders WHERE state = 'open';
        GRANT SELECT, INSERT, UPDATE, DELETE ON shop.orders, shop.lines, shop.files, shop.shares TO $web; GRANT SELECT ON shop.open_orders TO $web;
        GRANT SELECT ON shop.reports TO $reader; GRANT SELECT ON shop.lines TO $admin;
        RESET ROLE;
        """;

    private readonly string _suffix = Guid.NewGuid().ToString("N")[..8];

    internal string ConnectionString { get; private set; } = "";

    internal SchemaSnapshot First { get; private set; } = null!;

    internal SchemaAuditOptions Options => new()
    {
        TenantColumn = "tenant_id",
        TenantSetting = "app.tenant",
        AppLogins = [Named("$web")],
        TenantRoles = [],
        AdminLogins = [Named("$ops")],
        AdminRoles = [Named("$admin")],
    };

    public async ValueTask InitializeAsync()
    {
        ConnectionString = await NewAsync(Roles);
        First = await ReadAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>One more database with the same schema; the roles are there.</summary>
    internal async Task<string> NewAsync(string roles = "")
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        var database = await server.CreateEmptyDatabaseAsync(Sql.Cancel);
        await RunAsync(roles + Schema, database);
        return database;
    }

    internal Task<SchemaSnapshot> ReadAsync(string? database = null, SchemaAuditOptions? options = null) =>
        SchemaSnapshot.ReadAsync(new SchemaAudit(database ?? ConnectionString, options ?? Options), Sql.Cancel);

    internal async Task RunAsync(string sql, string? database = null)
    {
        await using var connection = await Sql.OpenAsync(database ?? ConnectionString, Sql.Cancel);
        await connection.RunAsync(Named(sql));
    }

    /// <summary>Roles of this database's own; $cur is the tenant of the context.</summary>
    internal string Named(string sql) => new[] { "owner", "reader", "admin", "job", "web", "ops" }.Aggregate(
        sql.Replace("$cur", "(SELECT nullif(current_setting('app.tenant', true), '')::bigint)", StringComparison.Ordinal),
        (text, role) => text.Replace($"${role}", $"{role}_{_suffix}", StringComparison.Ordinal));
}
