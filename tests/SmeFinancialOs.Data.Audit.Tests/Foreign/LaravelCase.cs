namespace SmeFinancialOs.Data.Audit.Tests.Foreign;

/// <summary>ULIDs as varchar(26), a team in each row, a trigger that fills it, a job table without tenants, and a definer function for a search.</summary>
internal static class LaravelCase
{
    internal static ForeignCase Case { get; } = new("Laravel", """
        CREATE TABLE teams (id varchar(26) PRIMARY KEY, name varchar(255));
        CREATE TABLE posts (team_id varchar(26) NOT NULL REFERENCES teams ON DELETE CASCADE, id varchar(26) NOT NULL, title varchar(255),
            deleted_at timestamp(0),
            PRIMARY KEY (team_id, id));
        CREATE TABLE comments (team_id varchar(26) NOT NULL, id varchar(26) NOT NULL, post_id varchar(26) NOT NULL, body text, PRIMARY KEY (team_id, id),
            FOREIGN KEY (team_id, post_id) REFERENCES posts ON DELETE CASCADE);
        CREATE TABLE jobs (id bigserial PRIMARY KEY, queue varchar(255), payload text);
        CREATE FUNCTION fill_team() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS
            $$ BEGIN NEW.team_id := coalesce(NEW.team_id, nullif(current_setting('app.tenant', true), '')); RETURN NEW; END $$;
        CREATE TRIGGER fill BEFORE INSERT ON posts FOR EACH ROW EXECUTE FUNCTION fill_team();
        CREATE TRIGGER fill BEFORE INSERT ON comments FOR EACH ROW EXECUTE FUNCTION fill_team();
        ALTER TABLE teams ENABLE ROW LEVEL SECURITY; ALTER TABLE posts ENABLE ROW LEVEL SECURITY; ALTER TABLE comments ENABLE ROW LEVEL SECURITY;
        ALTER TABLE teams FORCE ROW LEVEL SECURITY; ALTER TABLE posts FORCE ROW LEVEL SECURITY; ALTER TABLE comments FORCE ROW LEVEL SECURITY;
        GRANT SELECT ON teams TO $web; GRANT SELECT, INSERT, UPDATE, DELETE ON posts, comments TO $web;
        CREATE POLICY own ON teams USING (id = (SELECT nullif(current_setting('app.tenant', true), '')));
        CREATE POLICY own ON posts USING (team_id = (SELECT nullif(current_setting('app.tenant', true), '')));
        CREATE POLICY own ON comments USING (team_id::text = (SELECT nullif(current_setting('app.tenant', true), '')));
        CREATE FUNCTION search_posts(word text) RETURNS SETOF posts LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
            $$ SELECT * FROM public.posts WHERE title ILIKE '%' || word || '%' OR word IS NULL $$;
        REVOKE EXECUTE ON FUNCTION search_posts(text) FROM PUBLIC; GRANT EXECUTE ON FUNCTION search_posts(text) TO $web;
        """)
    {
        TenantColumn = "team_id",
        Holes = ["public.search_posts(word text)"],
        Reached = ["public.search_posts(word text)"],
    };
}
