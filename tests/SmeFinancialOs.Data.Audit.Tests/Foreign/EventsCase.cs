namespace SmeFinancialOs.Data.Audit.Tests.Foreign;

/// <summary>Text ids, partitioned events, restrictive policies that hold the tenant for all commands; one partition was granted and never protected.</summary>
internal static class EventsCase
{
    internal static ForeignCase Case { get; } = new("Events", """
        CREATE TABLE tenants (tenant_id varchar(40) PRIMARY KEY, plan text NOT NULL);
        CREATE TABLE events (tenant_id varchar(40) NOT NULL REFERENCES tenants, id bigint NOT NULL, at date NOT NULL, payload jsonb,
            PRIMARY KEY (tenant_id, id, at))
            PARTITION BY RANGE (at);
        CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
        CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        CREATE TABLE sessions (tenant_id varchar(40) NOT NULL REFERENCES tenants, id uuid NOT NULL, started timestamptz, PRIMARY KEY (tenant_id, id));
        CREATE TABLE counters (tenant_id varchar(40) PRIMARY KEY REFERENCES tenants, n bigint);
        ALTER TABLE tenants ENABLE ROW LEVEL SECURITY; ALTER TABLE events ENABLE ROW LEVEL SECURITY; ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
        ALTER TABLE counters ENABLE ROW LEVEL SECURITY; ALTER TABLE tenants FORCE ROW LEVEL SECURITY; ALTER TABLE events FORCE ROW LEVEL SECURITY;
        ALTER TABLE sessions FORCE ROW LEVEL SECURITY; ALTER TABLE counters FORCE ROW LEVEL SECURITY;
        GRANT SELECT ON tenants TO $web; GRANT SELECT, INSERT ON events TO $web; GRANT SELECT ON events_2025 TO $web;
        GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO $web; GRANT SELECT ON counters TO $web;
        CREATE POLICY own ON tenants USING (tenant_id = (SELECT nullif(current_setting('app.tenant', true), '')));
        CREATE POLICY bounds ON events AS RESTRICTIVE USING (tenant_id = (SELECT nullif(current_setting('app.tenant', true), '')));
        CREATE POLICY reading ON events FOR SELECT USING (true); CREATE POLICY adding ON events FOR INSERT WITH CHECK (at > '2000-01-01');
        CREATE POLICY bounds ON sessions AS RESTRICTIVE FOR SELECT USING (tenant_id = (SELECT nullif(current_setting('app.tenant', true), '')));
        CREATE POLICY everything ON sessions USING (true);
        """)
    {
        Holes = ["public.events_2025", "public.sessions"],
        Reached = ["public.events_2025", "public.sessions"],
    };
}
