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

    -- The roles of the app and its owner, once more: app.role_names() is a function of app_owner, and this file runs with rights that app_owner must not get.
    -- A test compares the two.
    IF EXISTS (SELECT FROM unnest('{app_user,admin_user,tenant_role,demo_role,admin_role,app_owner}'::name[]) AS r (name)
               WHERE pg_has_role(r.name, 'app_sealer', 'MEMBER'))
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
    -- The key as the first block of SHA-256: 64 bytes, the secret and zeros behind it, each byte XOR 0x36 as in HMAC. A retired key is forgotten.
    key_block  bytea       CONSTRAINT keys_key_block_length CHECK (octet_length(key_block) = 64),
    added_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    retired_at timestamptz,
    CONSTRAINT keys_retired_forgotten CHECK ((retired_at IS NULL) = (key_block IS NOT NULL))
);
REVOKE ALL ON TABLE app_seal.keys FROM PUBLIC;

-- No role but its owner reads or writes a key: a membership in pg_read_all_data or pg_write_all_data, or a grant, is not enough.
-- Without a policy, row-level security lets nobody but the owner see a row. It is not forced: the views and functions of the seal read the keys as app_sealer.
ALTER TABLE app_seal.keys ENABLE ROW LEVEL SECURITY;

-- ANALYZE copies values into pg_statistic, which pg_read_all_data reads, and where a key outlived its retirement. Nothing is collected from now on. What
-- is there already goes when the type of the column is set again; the view that reads it is put aside meanwhile, as PostgreSQL refuses that otherwise.
DO $keys$
DECLARE
    token_view text := (SELECT pg_catalog.pg_get_viewdef(pg_catalog.to_regclass('app_seal.valid_token')));
BEGIN
    IF token_view IS NOT NULL THEN
        EXECUTE format('CREATE OR REPLACE VIEW app_seal.valid_token AS SELECT NULL::text AS kind, NULL::%s AS org_id',
            (SELECT pg_catalog.format_type(a.atttypid, NULL) FROM pg_catalog.pg_attribute a WHERE a.attrelid = 'app_seal.valid_token'::regclass AND a.attname = 'org_id'));
    END IF;
    -- A version that signed with HMAC had the key in two forms. The view that read both is made anew by sql/seal/, which runs again where contexts are sealed.
    IF EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = 'app_seal.keys'::regclass AND a.attname = 'outer_pad') THEN
        token_view := NULL;
        ALTER TABLE app_seal.keys DROP COLUMN outer_pad;
        ALTER TABLE app_seal.keys RENAME COLUMN inner_pad TO key_block;
        ALTER TABLE app_seal.keys ADD CONSTRAINT keys_retired_forgotten CHECK ((retired_at IS NULL) = (key_block IS NOT NULL));
    END IF;
    ALTER TABLE app_seal.keys ALTER key_block SET STATISTICS 0;
    ALTER TABLE app_seal.keys ALTER key_block TYPE bytea;
    IF token_view IS NOT NULL THEN
        EXECUTE 'CREATE OR REPLACE VIEW app_seal.valid_token AS ' || token_view;
    END IF;
END
$keys$;
GRANT USAGE ON SCHEMA app_seal TO app_owner;

RESET ROLE;
