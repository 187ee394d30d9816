namespace SmeFinancialOs.Data.Audit.Tests;

/// <summary>A schema that is not ours: other names, one login that holds the privileges itself.</summary>
public sealed class ForeignSchemaTests
{
    private const string Schema = """
        CREATE ROLE shop_web LOGIN;
        CREATE SCHEMA shop;
        GRANT USAGE ON SCHEMA shop TO shop_web;
        REVOKE TEMPORARY ON DATABASE "$database" FROM PUBLIC;
        REVOKE EXECUTE ON FUNCTION lo_open(oid, int), lo_get(oid), lo_get(oid, bigint, int), lo_put(oid, bigint, bytea), loread(int, int), lowrite(int,
            bytea) FROM PUBLIC;
        REVOKE EXECUTE ON FUNCTION pg_terminate_backend(int, bigint), pg_cancel_backend(int) FROM PUBLIC;
        CREATE TYPE shop.state AS ENUM ('open', 'done');
        CREATE TABLE shop.tenants (tenant_id bigint PRIMARY KEY, name text);
        CREATE TABLE shop.customers (tenant_id bigint NOT NULL REFERENCES shop.tenants, no int, name text,
            shout text GENERATED ALWAYS AS (upper(name)) STORED, PRIMARY KEY (tenant_id, no));
        CREATE TABLE shop.orders (tenant_id bigint NOT NULL REFERENCES shop.tenants, no int, customer int NOT NULL, state shop.state, parent int,
            PRIMARY KEY (tenant_id, no),
            FOREIGN KEY (tenant_id, customer) REFERENCES shop.customers, FOREIGN KEY (tenant_id, parent) REFERENCES shop.orders ON DELETE SET NULL (parent));
        CREATE TABLE shop.lines (tenant_id bigint NOT NULL, order_no int, line int, price numeric, PRIMARY KEY (tenant_id, order_no, line),
            FOREIGN KEY (tenant_id, order_no) REFERENCES shop.orders ON DELETE CASCADE);
        CREATE TABLE shop.events (tenant_id bigint NOT NULL REFERENCES shop.tenants, at date NOT NULL, what text, PRIMARY KEY (tenant_id,
            at)) PARTITION BY RANGE (at);
        CREATE TABLE shop.events_26 PARTITION OF shop.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        CREATE TABLE shop.internal_jobs (id int PRIMARY KEY);
        DO $do$ DECLARE t text; BEGIN
            FOREACH t IN ARRAY '{tenants,customers,orders,lines,events}'::text[] LOOP
                EXECUTE format('ALTER TABLE shop.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
                EXECUTE format($p$CREATE POLICY mine ON shop.%I USING (tenant_id = (SELECT NULLIF(current_setting('shop.tenant', true), '')::bigint))$p$, t);
                EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON shop.%I TO shop_web', t);
            END LOOP;
        END $do$;
        CREATE VIEW shop.open_orders WITH (security_invoker = true) AS SELECT * FROM shop.orders WHERE state = 'open';
        GRANT SELECT ON shop.open_orders TO shop_web;
        """;

    private static readonly SchemaAuditOptions Options = new()
    {
        TenantColumn = "tenant_id",
        TenantSetting = "shop.tenant",
        AppLogins = ["shop_web"],
        TenantRoles = [],
        AdminLogins = [],
        AdminRoles = [],
    };

    [Fact]
    public async Task A_clean_foreign_schema_yields_nothing()
    {
        var server = await TestServer.GetSharedAsync(Sql.Cancel);
        await using var connection = await Sql.OpenAsync(await server.CreateEmptyDatabaseAsync(Sql.Cancel), Sql.Cancel);
        var schema = Schema.Replace("$database", connection.Database, StringComparison.Ordinal);
        await connection.RunAsync("BEGIN; " + schema);
        (await AuditDatabase.AuditAsync(connection, Options)).Findings.Select(finding => $"{finding.RuleId}: {finding.ObjectName}: {finding.Message}")
            .Should().BeEmpty();
    }
}
