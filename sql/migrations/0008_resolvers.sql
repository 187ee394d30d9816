-- The roles of resolvers: functions that say which tenant a request is for, before any tenant is in force (sql/objects/resolvers.sql).
--
-- app_resolver   owns the resolvers, and may read the columns that they compare and return; nobody logs in as it, and no role of the app may become it
-- resolver_role  may call resolvers, and has no privilege on any table; app_user may SET ROLE to it
DO $roles$
DECLARE
    wanted record;
    fault record;
    others text[];
BEGIN
    -- A login that does not inherit from app_owner may not read the schema app.
    SET LOCAL ROLE app_owner;
    others := array_remove(app.role_names(), 'resolver_role');
    RESET ROLE;

    FOR attempt IN 1..10 LOOP
        BEGIN
            -- member: who may become the role. app_owner gives new resolvers to app_resolver, and inherits nothing from it.
            FOR wanted IN SELECT * FROM (VALUES ('app_resolver', 'app_owner'), ('resolver_role', 'app_user')) AS r (name, member) LOOP
                IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted.name) THEN
                    EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', wanted.name);
                ELSIF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted.name AND rolinherit) THEN
                    EXECUTE format('ALTER ROLE %I NOINHERIT', wanted.name);
                END IF;
                -- As in 0001_roles.sql.
                IF current_setting('server_version_num')::int < 160000 THEN
                    IF NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members WHERE roleid = wanted.name::regrole AND member = wanted.member::regrole) THEN
                        EXECUTE format('GRANT %I TO %I', wanted.name, wanted.member);
                    END IF;
                ELSIF NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members m
                                  WHERE m.roleid = wanted.name::regrole AND m.member = wanted.member::regrole AND (to_jsonb(m) ->> 'set_option')::boolean)
                   OR EXISTS (SELECT FROM pg_catalog.pg_auth_members m
                              WHERE m.roleid = wanted.name::regrole AND m.member = wanted.member::regrole AND (to_jsonb(m) ->> 'inherit_option')::boolean) THEN
                    EXECUTE format('GRANT %I TO %I WITH INHERIT FALSE, SET TRUE', wanted.name, wanted.member);
                END IF;
            END LOOP;
            EXIT;
        EXCEPTION WHEN duplicate_object OR unique_violation OR internal_error THEN -- internal_error: tuple concurrently updated
            IF attempt = 10 THEN
                RAISE;
            END IF;
            PERFORM pg_sleep(0.1);
        WHEN insufficient_privilege THEN
            RAISE EXCEPTION '% may not make or grant the roles of resolvers: %', current_user, SQLERRM
                USING ERRCODE = 'insufficient_privilege',
                    HINT = 'As who made the roles, or a superuser: GRANT app_resolver TO app_owner; GRANT resolver_role TO app_user; '
                           'from 16 on both WITH INHERIT FALSE, SET TRUE.';
        END;
    END LOOP;

    FOR fault IN SELECT r.rolname AS name FROM pg_catalog.pg_roles r WHERE r.rolname IN ('app_resolver', 'resolver_role')
        AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolreplication OR r.rolcanlogin
             OR EXISTS (SELECT FROM pg_catalog.pg_auth_members m WHERE m.member = r.oid))
    LOOP
        RAISE EXCEPTION 'role "%" can log in, has powers of its own, or is a member of another role', fault.name
            USING ERRCODE = 'invalid_role_specification',
                HINT = format('As a superuser: ALTER ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION; and REVOKE every role from it.',
                              fault.name);
    END LOOP;

    -- app_resolver sees the keys of all tenants, and resolver_role may ask for them by value.
    FOR fault IN
        SELECT r.name, w.role FROM unnest(others || 'app_owner'::text) AS r (name) CROSS JOIN (VALUES ('app_resolver'), ('resolver_role')) AS w (role)
        WHERE CASE WHEN (r.name, w.role) IN (('app_owner', 'app_resolver'), ('app_user', 'resolver_role')) THEN pg_has_role(r.name, w.role, 'USAGE')
            ELSE pg_has_role(r.name, w.role, 'MEMBER') END
    LOOP
        RAISE EXCEPTION 'role "%" inherits from or may become "%"', fault.name, fault.role
            USING ERRCODE = 'invalid_role_specification', HINT = format('As who granted it, or a superuser: REVOKE %I FROM %I;', fault.role, fault.name);
    END LOOP;

    SET LOCAL ROLE app_owner;
    EXECUTE format('CREATE OR REPLACE FUNCTION app.role_names() RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS %L',
                   format('SELECT %L::text[]', others || 'resolver_role'::text));
    COMMENT ON FUNCTION app.role_names() IS
        'The roles and logins of the app: all of sql/migrations/0001_roles.sql but app_owner, and resolver_role.';
    GRANT USAGE ON SCHEMA app TO resolver_role;
    RESET ROLE;
END
$roles$;
