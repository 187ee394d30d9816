namespace SmeFinancialOs.Data.Audit.Tests.Foreign;

/// <summary>
/// As a PostgREST project has it: tables in a private schema, views as the API, a login that takes the role of the request, the tenant in a claim.
/// </summary>
internal static class PostgrestCase
{
    internal static ForeignCase Case { get; } = new("PostgREST", """
        CREATE SCHEMA private; CREATE SCHEMA api; GRANT USAGE ON SCHEMA api, private TO $role; GRANT $role TO $web;
        CREATE TABLE private.tenants (id uuid PRIMARY KEY, name text);
        CREATE TABLE private.todos (tenant_id uuid NOT NULL REFERENCES private.tenants, id integer NOT NULL, task text, done boolean DEFAULT false,
            PRIMARY KEY (tenant_id, id));
        CREATE TABLE private.files (tenant_id uuid NOT NULL REFERENCES private.tenants, id integer NOT NULL, name text, PRIMARY KEY (tenant_id, id));
        ALTER TABLE private.tenants ENABLE ROW LEVEL SECURITY; ALTER TABLE private.todos ENABLE ROW LEVEL SECURITY;
        ALTER TABLE private.files ENABLE ROW LEVEL SECURITY;
        ALTER TABLE private.tenants FORCE ROW LEVEL SECURITY; ALTER TABLE private.todos FORCE ROW LEVEL SECURITY;
        ALTER TABLE private.files FORCE ROW LEVEL SECURITY;
        CREATE FUNCTION private.tenant() RETURNS uuid LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS
            $$ SELECT (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'tenant')::uuid $$;
        CREATE POLICY own ON private.tenants USING (id = (SELECT private.tenant()));
        CREATE POLICY own ON private.todos USING (tenant_id = (SELECT private.tenant()));
        CREATE POLICY own ON private.files USING (tenant_id = (SELECT private.tenant()));
        GRANT SELECT, INSERT, UPDATE, DELETE ON private.todos, private.files TO $role;
        CREATE VIEW api.todos WITH (security_invoker = true) AS SELECT id, task, done FROM private.todos;
        CREATE VIEW api.files AS SELECT id, name FROM private.files;
        GRANT SELECT, INSERT, UPDATE, DELETE ON api.todos, api.files TO $role;
        """)
    {
        Context = "set_config('request.jwt.claims', json_build_object('role', 'web_user', 'tenant', :tenant)::text, true)",
        TenantRoles = ["$role"],
        Schemas = ["api", "private"],
        Holes = ["api.files"],
        Reached = ["api.files"],
        Fixed = ["api.files"],
    };
}
