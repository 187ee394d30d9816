namespace SmeFinancialOs.Data.Audit.Tests.Foreign;

/// <summary>
/// Session variables in JSON, as Hasura sets them, a role for each kind of user, column privileges, and a soft delete that forgot its tenant.
/// </summary>
internal static class HasuraCase
{
    internal static ForeignCase Case { get; } = new("Hasura", """
        CREATE TABLE workspaces (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), title text);
        CREATE TABLE boards (workspace_id uuid NOT NULL REFERENCES workspaces, id uuid NOT NULL DEFAULT gen_random_uuid(), title text, deleted_at timestamptz,
            PRIMARY KEY (workspace_id, id));
        CREATE TABLE cards (workspace_id uuid NOT NULL REFERENCES workspaces, id uuid NOT NULL DEFAULT gen_random_uuid(), board_id uuid NOT NULL, body text,
            deleted_at timestamptz, PRIMARY KEY (workspace_id, id), FOREIGN KEY (workspace_id, board_id) REFERENCES boards);
        ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY; ALTER TABLE boards ENABLE ROW LEVEL SECURITY; ALTER TABLE cards ENABLE ROW LEVEL SECURITY;
        ALTER TABLE workspaces FORCE ROW LEVEL SECURITY; ALTER TABLE boards FORCE ROW LEVEL SECURITY; ALTER TABLE cards FORCE ROW LEVEL SECURITY;
        GRANT SELECT (id, title) ON workspaces TO $web; GRANT SELECT, INSERT, UPDATE (title, deleted_at), DELETE ON boards TO $web;
        GRANT SELECT, INSERT, UPDATE, DELETE ON cards TO $web;
        CREATE POLICY own ON workspaces USING (id = ((SELECT current_setting('hasura.user', true))::json ->> 'x-hasura-workspace-id')::uuid);
        CREATE POLICY own ON boards USING (workspace_id = (nullif(current_setting('hasura.user', true), '')::json ->> 'x-hasura-workspace-id')::uuid);
        CREATE POLICY own ON cards USING (workspace_id = (nullif(current_setting('hasura.user', true), '')::json ->> 'x-hasura-workspace-id')::uuid);
        CREATE POLICY purge ON cards FOR DELETE USING (deleted_at < now());
        """)
    {
        TenantColumn = "workspace_id",
        Context = "set_config('hasura.user', json_build_object('x-hasura-role', 'user', 'x-hasura-workspace-id', :tenant)::text, true)",
        Holes = ["public.cards"],
        Reached = ["public.cards"],
    };
}
