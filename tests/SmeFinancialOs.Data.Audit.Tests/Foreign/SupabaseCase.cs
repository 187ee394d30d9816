namespace SmeFinancialOs.Data.Audit.Tests.Foreign;

/// <summary>
/// As a Supabase project has it: users of an auth schema, organizations by membership, a helper function, two roles, and the usual slip: one may invite
/// oneself.
/// </summary>
internal static class SupabaseCase
{
    internal static ForeignCase Case { get; } = new("Supabase", """
        CREATE SCHEMA auth; CREATE TABLE auth.users (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email text);
        CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS
            $$ SELECT (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $$;
        GRANT USAGE ON SCHEMA auth TO $role; GRANT $role TO $web;
        CREATE TABLE organizations (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL);
        CREATE TABLE organization_members (organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE, user_id uuid NOT NULL REFERENCES auth.users
            ON DELETE CASCADE, role text NOT NULL DEFAULT 'member', PRIMARY KEY (organization_id, user_id));
        CREATE TABLE documents (organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE, id uuid NOT NULL DEFAULT gen_random_uuid(),
            title text,
            is_public boolean NOT NULL DEFAULT false, PRIMARY KEY (organization_id, id));
        CREATE TABLE invoices (organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE, id uuid NOT NULL DEFAULT gen_random_uuid(),
            cents integer,
            PRIMARY KEY (organization_id, id));
        ALTER TABLE organizations ENABLE ROW LEVEL SECURITY; ALTER TABLE organization_members ENABLE ROW LEVEL SECURITY;
        ALTER TABLE documents ENABLE ROW LEVEL SECURITY; ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
        ALTER TABLE organizations FORCE ROW LEVEL SECURITY; ALTER TABLE organization_members FORCE ROW LEVEL SECURITY;
        ALTER TABLE documents FORCE ROW LEVEL SECURITY; ALTER TABLE invoices FORCE ROW LEVEL SECURITY;
        GRANT SELECT ON organizations, organization_members TO $role; GRANT SELECT, INSERT, UPDATE, DELETE ON documents, invoices TO $role;
        CREATE POLICY mine ON organization_members FOR SELECT TO $role USING (user_id = (SELECT auth.uid()));
        CREATE POLICY member ON organizations FOR SELECT TO $role USING (id IN (SELECT m.organization_id FROM organization_members m
            WHERE m.user_id = (SELECT auth.uid())));
        CREATE POLICY member ON invoices TO $role USING (organization_id IN (SELECT m.organization_id FROM organization_members m
            WHERE m.user_id = (SELECT auth.uid())));
        CREATE POLICY member ON documents TO $role USING (organization_id IN (SELECT m.organization_id FROM organization_members m
            WHERE m.user_id = (SELECT auth.uid())));
        CREATE POLICY published ON documents FOR SELECT TO $role USING (is_public);
        """)
    {
        TenantColumn = "organization_id",
        Context = "set_config('request.jwt.claims', json_build_object('sub', :user, 'role', 'authenticated')::text, true)",
        Membership = new("public.organization_members", "user_id", "organization_id"),
        TenantRoles = ["$role"],
        Holes = ["public.documents"],
        Reached = ["public.documents"],
    };
}
