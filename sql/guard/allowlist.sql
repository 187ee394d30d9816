-- The allowlist of the tenant guard: relations that it does not judge, each with a reason. It comes with every migration that a superuser runs, so that a host
-- can allow its reference tables before it turns the guard on:
--   SELECT app_guard.allow('public.countries', 'the same for every tenant');   -- as app_owner or a superuser
-- As long as the guard is off, entries have no effect.

-- The guard calls these functions and reads this table with its own rights. Whoever made them first could have left a trigger or a function of another text.
DO $owner$
DECLARE
    other record;
BEGIN
    IF NOT has_schema_privilege(to_regnamespace('app_guard'), 'CREATE') THEN
        RAISE EXCEPTION 'the tenant guard is an event trigger, which % may not create', current_user
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Turn it on as a superuser.';
    END IF;
    SELECT o.what, pg_catalog.pg_get_userbyid(o.owner) AS owner INTO other
    FROM (SELECT 'schema app_guard', n.nspowner FROM pg_catalog.pg_namespace n WHERE n.nspname = 'app_guard'
          UNION ALL SELECT c.oid::regclass::text, c.relowner FROM pg_catalog.pg_class c WHERE c.relnamespace = to_regnamespace('app_guard')
          UNION ALL SELECT p.oid::regprocedure::text, p.proowner FROM pg_catalog.pg_proc p WHERE p.pronamespace = to_regnamespace('app_guard'))
        AS o (what, owner)
    JOIN pg_catalog.pg_roles r ON r.oid = o.owner WHERE NOT r.rolsuper AND r.rolname <> current_user LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% belongs to %, which is no superuser', other.what, other.owner
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'What the guard calls must belong to no lesser role. DROP SCHEMA app_guard CASCADE; '
                'and migrate again, as a superuser.';
    END IF;
END $owner$;

-- A schema of its own, owned by whoever brings it: app_owner, whose migrations the guard judges, can neither switch it off nor drop it.
CREATE SCHEMA IF NOT EXISTS app_guard;
REVOKE ALL ON SCHEMA app_guard FROM PUBLIC;
GRANT USAGE ON SCHEMA app_guard TO app_owner;

-- Tables that belong to no tenant, views that are meant to ask with their owner's rights, and so on.
CREATE TABLE IF NOT EXISTS app_guard.allowlist (
    relation   regclass    PRIMARY KEY, -- by oid: another table of the same name is another table
    reason     text        NOT NULL CHECK (reason ~ '[^[:space:]]'),
    allowed_by name        NOT NULL DEFAULT session_user,
    allowed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT ON app_guard.allowlist TO app_owner;

-- SECURITY DEFINER is for who may not write the allowlist.
CREATE OR REPLACE FUNCTION app_guard.allow(target regclass, reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    kind "char" := (SELECT c.relkind FROM pg_class c WHERE c.oid = target);
BEGIN
    IF kind IS NULL THEN -- a number is a regclass whether or not there is such a relation
        RAISE EXCEPTION 'there is no relation % to allow', coalesce(target::text, 'NULL') USING ERRCODE = 'undefined_table', HINT = 'Name it with its schema.';
    ELSIF kind NOT IN ('r', 'p', 'v', 'm', 'f') THEN
        RAISE EXCEPTION '% is neither a table nor a view: the guard does not judge it', target
            USING ERRCODE = 'wrong_object_type', HINT = 'Allow the table or view that a refusal names.';
    ELSIF coalesce(reason, '') !~ '[^[:space:]]' THEN
        RAISE EXCEPTION 'the allowance of % has no reason', target
            USING ERRCODE = 'check_violation', HINT = format('SELECT app_guard.allow(%L, ''the same for every tenant'');', target);
    END IF;
    DELETE FROM app_guard.allowlist a WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = a.relation);
    INSERT INTO app_guard.allowlist (relation, reason) VALUES (target, allow.reason)
    ON CONFLICT (relation) DO UPDATE SET reason = excluded.reason, allowed_by = excluded.allowed_by, allowed_at = excluded.allowed_at;
END
$function$;

CREATE OR REPLACE FUNCTION app_guard.disallow(target regclass) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    DELETE FROM app_guard.allowlist WHERE relation = target;
    -- A guard that is on judges the relation at commit.
    IF to_regclass('app_guard.pending') IS NOT NULL THEN
        INSERT INTO app_guard.pending VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
    END IF;
END
$function$;

REVOKE ALL ON FUNCTION app_guard.allow(regclass, text), app_guard.disallow(regclass) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_guard.allow(regclass, text), app_guard.disallow(regclass) TO app_owner;
