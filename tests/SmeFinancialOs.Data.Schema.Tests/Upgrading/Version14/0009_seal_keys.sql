-- Keys that hosts sign their contexts with. Nothing asks for a signature until sql/seal/ is applied: hosts can have their keys, and sign, before that.
--   add:    SELECT app_seal.add_key();                -- as a superuser or a member of app_sealer; what it returns is the host's, and is shown once
--   retire: SELECT app_seal.retire_key('1f0c9a52');   -- at once: what was signed with it is refused
-- Hosts take several keys in force at a time, so a new one comes before the old one goes.
DO $role$
BEGIN
    -- A role of its own: app_owner owns functions that a host has written, and a fault in one of them must not show the keys.
    FOR attempt IN 1..10 LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app_sealer') THEN
                CREATE ROLE app_sealer NOLOGIN NOINHERIT;
            END IF;
            IF current_setting('server_version_num')::int < 160000 THEN
                IF NOT pg_has_role(current_user, 'app_sealer', 'MEMBER') THEN
                    GRANT app_sealer TO CURRENT_USER;
                END IF;
            ELSIF NOT pg_has_role(current_user, 'app_sealer', 'SET') THEN
                EXECUTE 'GRANT app_sealer TO CURRENT_USER WITH INHERIT FALSE, SET TRUE';
            END IF;
            EXIT;
        EXCEPTION WHEN duplicate_object OR unique_violation OR internal_error THEN -- internal_error: tuple concurrently updated
            IF attempt = 10 THEN
                RAISE;
            END IF;
            PERFORM pg_sleep(0.1);
        WHEN insufficient_privilege THEN
            RAISE EXCEPTION '% may not become role "app_sealer", which owns the keys', current_user
                USING ERRCODE = 'insufficient_privilege', HINT = format('As who made the role, or a superuser: GRANT app_sealer TO %I;', current_user);
        END;
    END LOOP;

    IF EXISTS (SELECT FROM unnest('{app_user,admin_user,tenant_role,demo_role,admin_role,app_owner}'::name[]) AS r (name) WHERE pg_has_role(r.name, 'app_sealer', 'MEMBER'))
       OR EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app_sealer' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication OR rolcanlogin)) THEN
        RAISE EXCEPTION 'role "app_sealer" can log in, has powers of its own, or a role of the app may become it'
            USING ERRCODE = 'invalid_role_specification', HINT = 'As a superuser: ALTER ROLE app_sealer NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION; and REVOKE it from all but those who migrate.';
    END IF;
END
$role$;

CREATE SCHEMA IF NOT EXISTS app_seal AUTHORIZATION app_sealer;

SET ROLE app_sealer;
REVOKE ALL ON SCHEMA app_seal FROM PUBLIC;

CREATE TABLE IF NOT EXISTS app_seal.keys (
    id         text        PRIMARY KEY CHECK (id ~ '^[0-9a-f]{8}$'),
    -- The key of HMAC-SHA-256 in the two forms that it is used in, so that nothing has to be computed for a statement. A retired key is forgotten.
    inner_pad  bytea       CHECK (octet_length(inner_pad) = 64),
    outer_pad  bytea       CHECK (octet_length(outer_pad) = 64),
    added_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    retired_at timestamptz CHECK ((retired_at IS NULL) = (inner_pad IS NOT NULL AND outer_pad IS NOT NULL))
);
REVOKE ALL ON TABLE app_seal.keys FROM PUBLIC;

-- Made in the database: a parameter or a literal could end in a log or in pg_stat_statements, what a function returns does not.
CREATE OR REPLACE FUNCTION app_seal.add_key() RETURNS text
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    id constant text := left(encode(uuid_send(gen_random_uuid()), 'hex'), 8);
    -- A random uuid has 122 bits of the server's strong random numbers.
    secret constant bytea := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
    inner_pad bytea := secret || decode(repeat('00', 32), 'hex');
    outer_pad bytea := inner_pad;
BEGIN
    FOR i IN 0..63 LOOP
        inner_pad := set_byte(inner_pad, i, get_byte(inner_pad, i) # 54);
        outer_pad := set_byte(outer_pad, i, get_byte(outer_pad, i) # 92);
    END LOOP;
    INSERT INTO app_seal.keys VALUES (id, inner_pad, outer_pad);
    -- The planner takes a table that it knows nothing of for a large one, and would go through the index for two rows.
    ANALYZE app_seal.keys;
    RETURN id || ':' || encode(secret, 'base64');
END
$function$;
COMMENT ON FUNCTION app_seal.add_key() IS 'Makes a key, puts it in force and returns it, as id:secret, for the host: TenantConnectionOptions.SealKey.';

CREATE OR REPLACE FUNCTION app_seal.retire_key(key_id text) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    -- One after the other, so that two do not retire the last two.
    LOCK TABLE app_seal.keys IN SHARE ROW EXCLUSIVE MODE;
    IF NOT EXISTS (SELECT FROM app_seal.keys k WHERE k.id = key_id AND k.retired_at IS NULL) THEN
        RAISE EXCEPTION 'no key "%" is in force', key_id USING ERRCODE = 'undefined_object', HINT = 'SELECT id, added_at, retired_at FROM app_seal.keys;';
    END IF;
    IF to_regclass('app_seal.context') IS NOT NULL AND NOT EXISTS (SELECT FROM app_seal.keys k WHERE k.id <> key_id AND k.retired_at IS NULL) THEN
        RAISE EXCEPTION 'key "%" is the last one: without it every context is refused', key_id
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Add another key, give it to the hosts, and retire this one then.';
    END IF;
    UPDATE app_seal.keys k SET retired_at = clock_timestamp(), inner_pad = NULL, outer_pad = NULL WHERE k.id = key_id;
END
$function$;
COMMENT ON FUNCTION app_seal.retire_key(text) IS 'Takes a key out of force and forgets it: what was signed with it is refused from now on.';

REVOKE ALL ON FUNCTION app_seal.add_key(), app_seal.retire_key(text) FROM PUBLIC;
RESET ROLE;

SET ROLE app_owner;
CREATE OR REPLACE FUNCTION app.schema_version() RETURNS int
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN 9;
RESET ROLE;
