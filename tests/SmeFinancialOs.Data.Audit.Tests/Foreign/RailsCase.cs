namespace SmeFinancialOs.Data.Audit.Tests.Foreign;

/// <summary>
/// As a Rails app has it: bigint ids, accounts, one database role for migrations and another for the app, and a table that was forgotten. The policy casts a
/// setting that raises an error when it is missing.
/// </summary>
internal static class RailsCase
{
    internal static ForeignCase Case { get; } = new("Rails", """
        CREATE TABLE accounts (id bigserial PRIMARY KEY, name varchar NOT NULL, subdomain varchar UNIQUE, created_at timestamp(6) NOT NULL DEFAULT now());
        CREATE TABLE users (id bigserial PRIMARY KEY, account_id bigint NOT NULL REFERENCES accounts, email varchar NOT NULL, role integer NOT NULL DEFAULT 0);
        CREATE TABLE projects (id bigserial PRIMARY KEY, account_id bigint NOT NULL REFERENCES accounts, title varchar,
            archived boolean NOT NULL DEFAULT false);
        CREATE TABLE tasks (id bigserial PRIMARY KEY, account_id bigint NOT NULL REFERENCES accounts, project_id bigint NOT NULL REFERENCES projects,
            body text);
        CREATE TABLE attachments (id bigserial PRIMARY KEY, account_id bigint NOT NULL REFERENCES accounts, record_type varchar, record_id bigint,
            blob_key varchar);
        CREATE TABLE schema_migrations (version varchar PRIMARY KEY);
        CREATE INDEX ON users (account_id); CREATE INDEX ON projects (account_id); CREATE INDEX ON tasks (account_id); CREATE INDEX ON attachments (account_id);
        GRANT SELECT, INSERT, UPDATE, DELETE ON accounts, users, projects, tasks, attachments TO $web;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO $web;
        DO $$ DECLARE t text; BEGIN
            FOREACH t IN ARRAY '{users,projects,tasks}'::text[] LOOP
                EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
                EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
                EXECUTE format('CREATE POLICY account_isolation ON %I USING (account_id = current_setting(''rails.account_id'')::bigint)', t);
            END LOOP;
        END $$;
        ALTER TABLE accounts ENABLE ROW LEVEL SECURITY; ALTER TABLE accounts FORCE ROW LEVEL SECURITY;
        CREATE POLICY own_account ON accounts USING (id = current_setting('rails.account_id')::bigint);
        """)
    {
        TenantColumn = "account_id",
        TenantSetting = "rails.account_id",
        Holes = ["public.attachments", "public.tasks"],
        Reached = ["public.attachments", "public.tasks"],
        Fixed = ["public.attachments", "public.tasks"],
    };
}
