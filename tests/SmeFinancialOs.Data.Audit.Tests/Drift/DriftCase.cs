using static SmeFinancialOs.Data.Audit.SchemaChangeClass;

namespace SmeFinancialOs.Data.Audit.Tests.Drift;

/// <summary>A change and what takes it back, with the classes that a person gave the two, and the object whose line has them.</summary>
internal sealed record DriftCase(string Name, string Change, SchemaChangeClass Class, string Undo, SchemaChangeClass UndoClass, string ObjectName)
{
    private const string NewTable = """
        SET ROLE $owner; CREATE TABLE shop.bills (tenant_id bigint NOT NULL REFERENCES shop.tenants, id bigint, PRIMARY KEY (tenant_id, id));
        GRANT SELECT ON shop.bills TO $web;
        """;

    private const string Protect = """
        ALTER TABLE shop.bills ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; CREATE POLICY own ON shop.bills USING (tenant_id = $cur);
        """;

    internal static IReadOnlyList<DriftCase> All { get; } =
    [
        // What opens rows.
        new("policy becomes true", "ALTER POLICY own ON shop.orders USING (true)", Dangerous, "ALTER POLICY own ON shop.orders USING (tenant_id = $cur)", Safe,
            "policy own on shop.orders"),
        new("policy gets an OR", "ALTER POLICY own ON shop.orders USING (tenant_id = $cur OR state = 'shared')", Dangerous,
            "ALTER POLICY own ON shop.orders USING (tenant_id = $cur)", Safe, "policy own on shop.orders"),
        new("one more policy without the tenant", "CREATE POLICY more ON shop.orders FOR SELECT USING (state = 'shared')", Dangerous,
            "DROP POLICY more ON shop.orders", Breaking, "policy more on shop.orders"),
        new("restrictive tenant policy is dropped", "DROP POLICY bounds ON shop.shares", Dangerous,
            "CREATE POLICY bounds ON shop.shares AS RESTRICTIVE USING (tenant_id = $cur)", Breaking, "policy bounds on shop.shares"),
        new("row-level security is disabled", "ALTER TABLE shop.orders DISABLE ROW LEVEL SECURITY", Dangerous,
            "ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY", Safe, "table shop.orders"),
        new("row-level security is disabled on a table that the app may not use", "ALTER TABLE shop.audit DISABLE ROW LEVEL SECURITY", Dangerous,
            "ALTER TABLE shop.audit ENABLE ROW LEVEL SECURITY", Safe, "table shop.audit"),
        new("row-level security is not forced, and the owner runs functions", "ALTER TABLE shop.orders NO FORCE ROW LEVEL SECURITY", Dangerous,
            "ALTER TABLE shop.orders FORCE ROW LEVEL SECURITY", Safe, "table shop.orders"),
        new("app may become an operator's role", "GRANT $admin TO $web", Dangerous, "REVOKE $admin FROM $web", Safe, "membership $web in $admin"),
        new("app may become an operator's role through another", "GRANT $admin TO $reader", Dangerous, "REVOKE $admin FROM $reader", Breaking,
            "membership $reader in $admin"),
        new("app bypasses policies", "ALTER ROLE $web BYPASSRLS", Dangerous, "ALTER ROLE $web NOBYPASSRLS", Safe, "role $web"),
        new("a role that the app inherits is a superuser", "ALTER ROLE $reader SUPERUSER", Dangerous, "ALTER ROLE $reader NOSUPERUSER", Breaking,
            "role $reader"),
        new("new table without protection", NewTable, Dangerous, "DROP TABLE shop.bills", Breaking, "table shop.bills"),
        new("new table without tenant column", "CREATE TABLE shop.people (id bigint PRIMARY KEY); GRANT SELECT ON shop.people TO $web", Dangerous,
            "DROP TABLE shop.people", Breaking, "table shop.people"),
        new("new function of a superuser with its rights", """
            CREATE FUNCTION shop.count_all() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
                AS 'SELECT count(*) FROM shop.orders'
            """, Dangerous, "DROP FUNCTION shop.count_all()", Breaking, "function shop.count_all()"),
        new("search_path of a function with its owner's rights is not pinned", "ALTER FUNCTION shop.greet() RESET search_path", Dangerous,
            "ALTER FUNCTION shop.greet() SET search_path = pg_catalog, pg_temp", NeedsReview, "function shop.greet()"),
        new("view has its owner's rights", "ALTER VIEW shop.open_orders SET (security_invoker = false)", Dangerous,
            "ALTER VIEW shop.open_orders SET (security_invoker = true)", Safe, "view shop.open_orders"),
        new("function of a policy has a default tenant", Body("SELECT coalesce(nullif(current_setting('app.tenant', true), ''), '7')::bigint"), Dangerous,
            Body("SELECT nullif(current_setting('app.tenant', true), '')::bigint"), Safe, "verdict on shop.files for $web"),
        new("app may truncate", "GRANT TRUNCATE ON shop.orders TO $web", Dangerous, "REVOKE TRUNCATE ON shop.orders FROM $web", Safe,
            "privileges on table shop.orders to $web"),
        new("tenant is set by default", "ALTER ROLE $web SET app.tenant = '7'", Dangerous, "ALTER ROLE $web RESET app.tenant", Safe,
            "default setting ROLE $web: app.tenant"),
        new("new tables are the app's by default", "ALTER DEFAULT PRIVILEGES FOR ROLE $owner IN SCHEMA shop GRANT SELECT ON TABLES TO $web", Dangerous,
            "ALTER DEFAULT PRIVILEGES FOR ROLE $owner IN SCHEMA shop REVOKE SELECT ON TABLES FROM $web", Safe,
            "default privileges $owner IN SCHEMA shop to $web"),

        // What a person has to look at.
        new("policy is not understood", "ALTER POLICY own ON shop.orders USING (tenant_id = $cur OR md5(state) = '0123456789abcdef0123456789abcdef')",
            NeedsReview, "ALTER POLICY own ON shop.orders USING (tenant_id = $cur)", Safe, "policy own on shop.orders"),
        new("another role may read", "GRANT SELECT ON shop.orders TO $job", NeedsReview, "REVOKE SELECT ON shop.orders FROM $job", NeedsReview,
            "privileges on table shop.orders to $job"),
        new("operators see fewer rows", "ALTER POLICY all_of_them ON shop.lines USING (id > 0)", NeedsReview,
            "ALTER POLICY all_of_them ON shop.lines USING (true)", NeedsReview, "policy all_of_them on shop.lines"),
        new("function of a policy has another body, and the verdict stays",
            Body("SELECT CAST(nullif(current_setting('app.tenant', true), '') AS bigint)"), NeedsReview,
            Body("SELECT nullif(current_setting('app.tenant', true), '')::bigint"), NeedsReview, "function shop.current_tenant()"),
        new("app may read one more table, which is safe", "GRANT SELECT ON shop.audit TO $web", NeedsReview, "REVOKE SELECT ON shop.audit FROM $web",
            Breaking, "privileges on table shop.audit to $web"),
        new("table has another owner", "ALTER TABLE shop.orders OWNER TO $job", NeedsReview, "ALTER TABLE shop.orders OWNER TO $owner", NeedsReview,
            "table shop.orders"),
        new("ban that is not about tenants is dropped", "DROP POLICY no_delete ON shop.shares", NeedsReview,
            "CREATE POLICY no_delete ON shop.shares AS RESTRICTIVE FOR DELETE USING (false)", Breaking, "policy no_delete on shop.shares"),
        new("ban that is not about tenants is weakened", "ALTER POLICY no_delete ON shop.shares USING (true)", NeedsReview,
            "ALTER POLICY no_delete ON shop.shares USING (false)", NeedsReview, "policy no_delete on shop.shares"),
        new("trigger is disabled", "ALTER TABLE shop.orders DISABLE TRIGGER touch", NeedsReview, "ALTER TABLE shop.orders ENABLE TRIGGER touch", NeedsReview,
            "trigger touch on shop.orders"),
        new("foreign key cascades", "ALTER TABLE shop.lines DROP CONSTRAINT lines_order, ADD CONSTRAINT lines_order FOREIGN KEY (tenant_id, order_id) "
            + "REFERENCES shop.orders (tenant_id, id) ON DELETE CASCADE", NeedsReview, "ALTER TABLE shop.lines DROP CONSTRAINT lines_order, "
            + "ADD CONSTRAINT lines_order FOREIGN KEY (tenant_id, order_id) REFERENCES shop.orders (tenant_id, id)", NeedsReview,
            "foreign key lines_order on shop.lines"),

        // What the app may no longer do.
        new("privilege is gone", "REVOKE DELETE ON shop.orders FROM $web", Breaking, "GRANT DELETE ON shop.orders TO $web", NeedsReview,
            "privileges on table shop.orders to $web"),
        new("privilege is for a column alone", "REVOKE UPDATE ON shop.orders FROM $web; GRANT UPDATE (state) ON shop.orders TO $web", Breaking,
            "REVOKE UPDATE (state) ON shop.orders FROM $web; GRANT UPDATE ON shop.orders TO $web", NeedsReview, "privileges on table shop.orders to $web"),
        new("policy is gone", "DROP POLICY own ON shop.orders", Breaking, "CREATE POLICY own ON shop.orders USING (tenant_id = $cur)", NeedsReview,
            "policy own on shop.orders"),
        new("policy is for another role", "ALTER POLICY own ON shop.orders TO $job", Breaking, "ALTER POLICY own ON shop.orders TO PUBLIC", NeedsReview,
            "policy own on shop.orders"),
        new("policy is for one command", "DROP POLICY own ON shop.orders; CREATE POLICY own ON shop.orders FOR SELECT USING (tenant_id = $cur)", Breaking,
            "DROP POLICY own ON shop.orders; CREATE POLICY own ON shop.orders USING (tenant_id = $cur)", NeedsReview, "policy own on shop.orders"),
        new("schema is closed to the app", "REVOKE USAGE ON SCHEMA shop FROM $web", Breaking, "GRANT USAGE ON SCHEMA shop TO $web", NeedsReview,
            "privileges on schema shop to $web"),
        new("app loses a role", "REVOKE $reader FROM $web", Breaking, "GRANT $reader TO $web", NeedsReview, "membership $web in $reader"),

        // What is proved.
        new("expression is written the other way round", "ALTER POLICY own ON shop.orders USING ($cur = tenant_id)", Safe,
            "ALTER POLICY own ON shop.orders USING (tenant_id = $cur)", Safe, "policy own on shop.orders"),
        new("restrictive tenant policy is written the other way round", "ALTER POLICY bounds ON shop.shares USING ($cur = tenant_id)", Safe,
            "ALTER POLICY bounds ON shop.shares USING (tenant_id = $cur)", Safe, "policy bounds on shop.shares"),
        new("policy has another name", "ALTER POLICY own ON shop.orders RENAME TO mine", Safe, "ALTER POLICY mine ON shop.orders RENAME TO own", Safe,
            " on shop.orders"),
        new("new table with protection", NewTable + Protect, Safe, "DROP TABLE shop.bills", Breaking, "table shop.bills"),
    ];

    private static string Body(string body) =>
        $"CREATE OR REPLACE FUNCTION shop.current_tenant() RETURNS bigint LANGUAGE sql STABLE AS $${body}$$";
}
