-- What migrations of a Supabase project find in their database: roles, schemas, auth, storage, realtime, extensions, default privileges. Interfaces only: as
-- much as migrations and policies name. Nothing of it serves a request.

DO $roles$
DECLARE role text[];
BEGIN
    FOREACH role SLICE 1 IN ARRAY ARRAY[
        ['anon', 'NOLOGIN NOINHERIT'],
        ['authenticated', 'NOLOGIN NOINHERIT'],
        ['service_role', 'NOLOGIN NOINHERIT BYPASSRLS'],
        ['authenticator', 'LOGIN NOINHERIT'],
        ['supabase_admin', 'LOGIN CREATEROLE CREATEDB REPLICATION BYPASSRLS'],
        ['supabase_auth_admin', 'LOGIN NOINHERIT CREATEROLE'],
        ['supabase_storage_admin', 'LOGIN NOINHERIT CREATEROLE'],
        ['supabase_realtime_admin', 'NOLOGIN NOINHERIT'],
        ['supabase_functions_admin', 'LOGIN NOINHERIT CREATEROLE'],
        ['supabase_replication_admin', 'LOGIN REPLICATION'],
        ['supabase_read_only_user', 'LOGIN BYPASSRLS'],
        ['dashboard_user', 'NOLOGIN CREATEROLE CREATEDB REPLICATION'],
        ['pgbouncer', 'LOGIN'],
        ['postgres', 'LOGIN CREATEROLE CREATEDB REPLICATION BYPASSRLS']]
    LOOP
        IF to_regrole(role[1]) IS NULL THEN
            EXECUTE format('CREATE ROLE %I %s', role[1], role[2]);
        END IF;
    END LOOP;
    IF NOT pg_has_role('authenticator', 'service_role', 'MEMBER') THEN
        GRANT anon, authenticated, service_role TO authenticator;
    END IF;
END
$roles$;

CREATE SCHEMA auth AUTHORIZATION supabase_auth_admin;
CREATE SCHEMA storage AUTHORIZATION supabase_storage_admin;
CREATE SCHEMA realtime AUTHORIZATION supabase_admin;
CREATE SCHEMA extensions;
CREATE SCHEMA graphql;
CREATE SCHEMA graphql_public;
CREATE SCHEMA vault;
GRANT USAGE ON SCHEMA public, auth, storage, realtime, extensions, graphql_public TO anon, authenticated, service_role;
GRANT ALL ON SCHEMA public, auth, storage, realtime, extensions, graphql, graphql_public, vault TO postgres;

-- Names without a schema are found as in such a database. The lint takes this over for its own session.
DO $path$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = "$user", public, extensions', current_database()); END $path$;

-- What a project has from the start, where this server has it. Else it is entered as there, so that CREATE EXTENSION IF NOT EXISTS finds it, and the functions
-- below stand in for it.
DO $extensions$
DECLARE
    extension text[];
BEGIN
    FOREACH extension SLICE 1 IN ARRAY ARRAY[
        ['pgcrypto', 'extensions'], ['uuid-ossp', 'extensions'], ['pg_stat_statements', 'extensions'], ['pgjwt', 'extensions'], ['pg_graphql', 'graphql'],
        ['supabase_vault', 'vault']]
    LOOP
        IF EXISTS (SELECT FROM pg_available_extensions WHERE name = extension[1]) THEN
            EXECUTE format('CREATE EXTENSION %I WITH SCHEMA %I', extension[1], extension[2]);
        ELSE
            SET LOCAL allow_system_table_mods = on;
            INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
                SELECT pg_nextoid('pg_extension', 'oid', 'pg_extension_oid_index'), extension[1], to_regrole(current_user)::oid,
                    to_regnamespace(extension[2])::oid, false, 'stand-in';
            SET LOCAL allow_system_table_mods = off;
        END IF;
    END LOOP;

    IF to_regprocedure('extensions.uuid_generate_v4()') IS NULL THEN
        CREATE FUNCTION extensions.uuid_generate_v1() RETURNS uuid LANGUAGE sql VOLATILE AS 'SELECT gen_random_uuid()';
        CREATE FUNCTION extensions.uuid_generate_v4() RETURNS uuid LANGUAGE sql VOLATILE AS 'SELECT gen_random_uuid()';
    END IF;
    IF to_regprocedure('extensions.gen_random_bytes(integer)') IS NULL THEN
        CREATE FUNCTION extensions.gen_random_uuid() RETURNS uuid LANGUAGE sql VOLATILE AS 'SELECT pg_catalog.gen_random_uuid()';
        CREATE FUNCTION extensions.gen_random_bytes(length integer) RETURNS bytea LANGUAGE sql VOLATILE AS
            'SELECT substr(string_agg(uuid_send(gen_random_uuid()), ''''), 1, length) FROM generate_series(0, length / 16)';
        CREATE FUNCTION extensions.digest(data text, type text) RETURNS bytea LANGUAGE sql IMMUTABLE AS
            'SELECT sha256(convert_to(type || data, ''UTF8''))';
        CREATE FUNCTION extensions.hmac(data text, key text, type text) RETURNS bytea LANGUAGE sql IMMUTABLE AS
            'SELECT sha256(convert_to(type || key || data, ''UTF8''))';
        CREATE FUNCTION extensions.gen_salt(type text) RETURNS text LANGUAGE sql VOLATILE AS 'SELECT gen_random_uuid()::text';
        CREATE FUNCTION extensions.crypt(password text, salt text) RETURNS text LANGUAGE sql IMMUTABLE AS
            'SELECT encode(sha256(convert_to(salt || password, ''UTF8'')), ''hex'')';
    END IF;
END
$extensions$;

-- Who asks: the claims of the token, as PostgREST sets them for each request.
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE
    RETURN coalesce(nullif(current_setting('request.jwt.claim', true), ''), nullif(current_setting('request.jwt.claims', true), ''))::jsonb;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE
    RETURN coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid;
CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE
    RETURN coalesce(nullif(current_setting('request.jwt.claim.role', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role');
CREATE FUNCTION auth.email() RETURNS text LANGUAGE sql STABLE
    RETURN coalesce(nullif(current_setting('request.jwt.claim.email', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email');

CREATE TABLE auth.users (
    instance_id uuid, id uuid PRIMARY KEY, aud varchar(255), role varchar(255), email varchar(255), encrypted_password varchar(255),
    email_confirmed_at timestamptz, invited_at timestamptz, confirmation_token varchar(255), confirmation_sent_at timestamptz,
    recovery_token varchar(255), recovery_sent_at timestamptz, email_change_token_new varchar(255), email_change varchar(255),
    email_change_sent_at timestamptz, last_sign_in_at timestamptz, raw_app_meta_data jsonb, raw_user_meta_data jsonb, is_super_admin boolean,
    created_at timestamptz, updated_at timestamptz, phone text UNIQUE, phone_confirmed_at timestamptz, phone_change text DEFAULT '',
    phone_change_token varchar(255) DEFAULT '', phone_change_sent_at timestamptz,
    confirmed_at timestamptz GENERATED ALWAYS AS (least(email_confirmed_at, phone_confirmed_at)) STORED,
    email_change_token_current varchar(255) DEFAULT '', email_change_confirm_status smallint DEFAULT 0, banned_until timestamptz,
    reauthentication_token varchar(255) DEFAULT '', reauthentication_sent_at timestamptz, is_sso_user boolean NOT NULL DEFAULT false,
    deleted_at timestamptz, is_anonymous boolean NOT NULL DEFAULT false);
CREATE TABLE auth.identities (
    provider_id text NOT NULL, user_id uuid NOT NULL REFERENCES auth.users ON DELETE CASCADE, identity_data jsonb NOT NULL, provider text NOT NULL,
    last_sign_in_at timestamptz, created_at timestamptz, updated_at timestamptz,
    email text GENERATED ALWAYS AS (lower(identity_data ->> 'email')) STORED, id uuid PRIMARY KEY DEFAULT gen_random_uuid(), UNIQUE (provider_id, provider));
CREATE TABLE auth.sessions (
    id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES auth.users ON DELETE CASCADE, created_at timestamptz, updated_at timestamptz, factor_id uuid,
    not_after timestamptz, refreshed_at timestamp, user_agent text, ip inet, tag text);
CREATE TABLE auth.mfa_factors (
    id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES auth.users ON DELETE CASCADE, friendly_name text, factor_type text NOT NULL, status text NOT NULL,
    created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, secret text);

CREATE TABLE storage.buckets (
    id text PRIMARY KEY, name text NOT NULL UNIQUE, owner uuid, created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(),
    public boolean DEFAULT false, avif_autodetection boolean DEFAULT false, file_size_limit bigint, allowed_mime_types text[], owner_id text);
CREATE TABLE storage.objects (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), bucket_id text REFERENCES storage.buckets, name text, owner uuid, created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(), last_accessed_at timestamptz DEFAULT now(), metadata jsonb,
    path_tokens text[] GENERATED ALWAYS AS (string_to_array(name, '/')) STORED, version text, owner_id text, user_metadata jsonb,
    UNIQUE (bucket_id, name));
CREATE FUNCTION storage.foldername(name text) RETURNS text[] LANGUAGE sql IMMUTABLE
    RETURN (string_to_array(name, '/'))[:cardinality(string_to_array(name, '/')) - 1];
CREATE FUNCTION storage.filename(name text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN split_part(name, '/', -1);
CREATE FUNCTION storage.extension(name text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN split_part(split_part(name, '/', -1), '.', -1);

CREATE TABLE realtime.messages (
    topic text NOT NULL, extension text NOT NULL, payload jsonb, event text, private boolean DEFAULT false, updated_at timestamp NOT NULL DEFAULT now(),
    inserted_at timestamp NOT NULL DEFAULT now(), id uuid NOT NULL DEFAULT gen_random_uuid(), PRIMARY KEY (id, inserted_at));
CREATE FUNCTION realtime.topic() RETURNS text LANGUAGE sql STABLE
    RETURN nullif(current_setting('realtime.topic', true), '');

ALTER TABLE auth.users ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.identities ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.mfa_factors ENABLE ROW LEVEL SECURITY;
ALTER TABLE storage.buckets ENABLE ROW LEVEL SECURITY;
ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;
ALTER TABLE realtime.messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.users OWNER TO supabase_auth_admin;
ALTER TABLE storage.buckets OWNER TO supabase_storage_admin;
ALTER TABLE storage.objects OWNER TO supabase_storage_admin;
ALTER TABLE realtime.messages OWNER TO supabase_realtime_admin;
GRANT ALL ON storage.buckets, storage.objects TO anon, authenticated, service_role, postgres;
GRANT SELECT, INSERT, UPDATE ON realtime.messages TO anon, authenticated, service_role, postgres;
GRANT ALL ON ALL TABLES IN SCHEMA auth TO postgres, dashboard_user;

-- What a migration makes in public is everybody's, but for row-level security. So it is in such a project.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO postgres, anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON SEQUENCES TO postgres, anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON FUNCTIONS TO postgres, anon, authenticated, service_role;
DO $postgres$
BEGIN
    IF current_user <> 'postgres' THEN
        ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT ALL ON TABLES TO anon, authenticated, service_role;
        ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT ALL ON SEQUENCES TO anon, authenticated, service_role;
        ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public GRANT ALL ON FUNCTIONS TO anon, authenticated, service_role;
    END IF;
END
$postgres$;

CREATE PUBLICATION supabase_realtime;
