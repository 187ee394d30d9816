namespace SmeFinancialOs.Data.Audit.Tests.Foreign;

/// <summary>Reference data, templates that all tenants share for reading, templates that anybody may change, and a table that a default tenant sees.</summary>
internal static class TemplatesCase
{
    internal static ForeignCase Case { get; } = new("Templates", """
        CREATE TABLE tenants (id integer PRIMARY KEY, name text);
        CREATE TABLE templates (tenant_id integer REFERENCES tenants, id integer PRIMARY KEY, body text);
        CREATE TABLE snippets (tenant_id integer REFERENCES tenants, id integer PRIMARY KEY, body text);
        CREATE TABLE drafts (tenant_id integer NOT NULL REFERENCES tenants, id integer NOT NULL, body text, PRIMARY KEY (tenant_id, id));
        CREATE TABLE deleted (tenant_id integer NOT NULL REFERENCES tenants, id integer NOT NULL, PRIMARY KEY (tenant_id, id));
        CREATE INDEX ON templates (tenant_id); CREATE INDEX ON snippets (tenant_id);
        CREATE FUNCTION current_tenant() RETURNS integer LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS
            $$ SELECT nullif(current_setting('app.tenant', true), '')::integer $$;
        CREATE FUNCTION tenant_or_default() RETURNS integer LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
            DECLARE found text := current_setting('app.tenant', true);
            BEGIN RETURN CASE WHEN found IS NULL OR found = '' THEN 1 ELSE found::integer END; END $$;
        DO $$ DECLARE t text; BEGIN
            FOREACH t IN ARRAY '{tenants,templates,snippets,drafts,deleted}'::text[] LOOP
                EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
                EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
                EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO $web', t);
            END LOOP;
        END $$;
        CREATE POLICY own ON tenants USING (id = (SELECT current_tenant()));
        CREATE POLICY own ON templates USING (tenant_id = (SELECT current_tenant()));
        CREATE POLICY shared ON templates FOR SELECT USING (tenant_id IS NULL AND (SELECT current_tenant()) IS NOT NULL);
        CREATE POLICY own ON snippets USING (tenant_id = (SELECT current_tenant()) OR tenant_id IS NULL);
        CREATE POLICY own ON drafts USING (tenant_id = (SELECT tenant_or_default()));
        """)
    {
        Holes = ["public.snippets", "public.drafts"],
    };
}
