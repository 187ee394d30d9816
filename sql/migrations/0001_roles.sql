-- Roles. They belong to the whole cluster, so another database of the same cluster may have made them already:
-- every step looks first, and repeats when another session makes the same role at the same moment.
--
-- app_owner    owns every object and runs these files; nobody logs in as it
-- tenant_role  what a request of an organization may do
-- demo_role    what the public demo may do: read
-- admin_role   what an operator may do across organizations
-- app_user     the login of the host app: may SET ROLE to tenant_role and demo_role, inherits from neither
-- admin_user   the login of admin contexts alone: may SET ROLE to admin_role, inherits nothing
--
-- The logins have no password here: give them one with \password or ALTER ROLE .. PASSWORD.
DO $roles$
DECLARE
    wanted record;
    fault record;
    names text[];
    logins text[];
BEGIN
    FOR attempt IN 1..10 LOOP
        BEGIN
            names := '{}';
            logins := '{}';
            FOR wanted IN
                -- The one list of the roles. Other files ask app.role_names() for it; member is the login that may become the role.
                SELECT * FROM (VALUES ('app_owner', false, NULL), ('app_user', true, NULL), ('admin_user', true, NULL),
                                      ('tenant_role', false, 'app_user'), ('demo_role', false, 'app_user'),
                                      ('admin_role', false, 'admin_user')) AS r (name, is_login, member)
            LOOP
                IF wanted.name <> 'app_owner' THEN
                    names := names || wanted.name;
                END IF;
                IF wanted.is_login THEN
                    logins := logins || wanted.name;
                END IF;
                IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted.name) THEN
                    EXECUTE format('CREATE ROLE %I %s NOINHERIT', wanted.name, CASE WHEN wanted.is_login THEN 'LOGIN' ELSE 'NOLOGIN' END);
                ELSIF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted.name AND rolinherit) THEN
                    EXECUTE format('ALTER ROLE %I NOINHERIT', wanted.name);
                END IF;

                -- Up to 15 the NOINHERIT of the login keeps it from inheriting. From 16 on that is settled by the grant itself,
                -- for each grantor on its own: a grant that inherits is made again by whoever runs this, and checked below.
                IF wanted.member IS NULL THEN
                    CONTINUE;
                ELSIF current_setting('server_version_num')::int < 160000 THEN
                    IF NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members
                                   WHERE roleid = wanted.name::regrole AND member = wanted.member::regrole) THEN
                        EXECUTE format('GRANT %I TO %I', wanted.name, wanted.member);
                    END IF;
                -- to_jsonb, because the columns do not exist on 15
                ELSIF NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members m
                                  WHERE m.roleid = wanted.name::regrole AND m.member = wanted.member::regrole
                                    AND (to_jsonb(m) ->> 'set_option')::boolean)
                   OR EXISTS (SELECT FROM pg_catalog.pg_auth_members m
                              WHERE m.roleid = wanted.name::regrole AND m.member = wanted.member::regrole
                                AND (to_jsonb(m) ->> 'inherit_option')::boolean) THEN
                    EXECUTE format('GRANT %I TO %I WITH INHERIT FALSE, SET TRUE', wanted.name, wanted.member);
                END IF;
            END LOOP;
            EXIT;
        EXCEPTION WHEN duplicate_object OR unique_violation OR internal_error THEN -- internal_error: tuple concurrently updated
            IF attempt = 10 THEN
                RAISE;
            END IF;
            PERFORM pg_sleep(0.1);
        END;
    END LOOP;

    -- Fail here rather than at the first request: a login that inherits, or a role with powers of its own, is not bound by the policies.
    FOR fault IN
        SELECT r.rolname AS name, concat_ws(' ', CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END,
                                            CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END, CASE WHEN r.rolreplication THEN 'REPLICATION' END) AS power
        FROM pg_catalog.pg_roles r
        WHERE r.rolname = ANY (names) AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolreplication)
    LOOP
        RAISE EXCEPTION 'role "%" has %, which row-level security does not bind', fault.name, fault.power
            USING ERRCODE = 'invalid_role_specification',
                  HINT = format('As a superuser: ALTER ROLE %I NO%s;', fault.name, replace(fault.power, ' ', ' NO'));
    END LOOP;

    FOR fault IN
        SELECT l.name AS login, r.name AS role
        FROM unnest(logins) AS l (name) CROSS JOIN unnest(names || 'app_owner'::text) AS r (name)
        WHERE r.name <> ALL (logins)
          AND (pg_has_role(l.name, r.name, 'USAGE')
               -- The owner can switch row-level security off and rewrite the admin log.
               OR (r.name = 'app_owner' OR (l.name, r.name) = ('app_user', 'admin_role')) AND pg_has_role(l.name, r.name, 'MEMBER'))
    LOOP
        RAISE EXCEPTION 'login "%" inherits from or may become "%"', fault.login, fault.role
            USING ERRCODE = 'invalid_role_specification',
                  HINT = format('Another grantor gave this membership, maybe by way of a third role. As that grantor or a superuser: REVOKE %I FROM %I;',
                                fault.role, fault.login);
    END LOOP;

    -- Whoever runs these files acts as app_owner in the ones that follow. A superuser needs no grant for that.
    IF current_setting('server_version_num')::int < 160000 THEN
        IF NOT pg_has_role(current_user, 'app_owner', 'MEMBER') THEN
            EXECUTE 'GRANT app_owner TO CURRENT_USER';
        END IF;
    ELSIF NOT pg_has_role(current_user, 'app_owner', 'SET') THEN
        EXECUTE 'GRANT app_owner TO CURRENT_USER WITH INHERIT TRUE, SET TRUE';
    END IF;

    CREATE SCHEMA IF NOT EXISTS app AUTHORIZATION app_owner;
    SET LOCAL ROLE app_owner;
    EXECUTE format('CREATE OR REPLACE FUNCTION app.role_names() RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS %L',
                   format('SELECT %L::text[]', names));
    COMMENT ON FUNCTION app.role_names() IS 'The roles and logins of the app: all of sql/migrations/0001_roles.sql but app_owner.';
    REVOKE ALL ON FUNCTION app.role_names() FROM PUBLIC;
    RESET ROLE;
END
$roles$;

GRANT USAGE, CREATE ON SCHEMA public TO app_owner;
GRANT USAGE ON SCHEMA public TO tenant_role, demo_role, admin_role;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- A temporary table carries one organization's rows into the next transaction of a pooled connection, and shadows the real table's name.
DO $temp$
BEGIN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    IF has_database_privilege('app_user', current_database(), 'TEMPORARY') OR has_database_privilege('tenant_role', current_database(), 'TEMPORARY') THEN
        RAISE EXCEPTION 'temporary tables are still allowed in database "%"', current_database()
            USING ERRCODE = 'insufficient_privilege', HINT = 'Run the migrations as the owner of the database or as a superuser.';
    END IF;
END
$temp$;

-- A large object belongs to a role, not to an organization: what one tenant stores, every other could read. Use bytea in a protected table.
DO $large_objects$
DECLARE
    item record;
BEGIN
    IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
        RAISE NOTICE 'large objects stay open to every tenant: only a superuser can revoke their functions';
        RETURN;
    END IF;
    FOR item IN SELECT p.oid::regprocedure AS function FROM pg_catalog.pg_proc p
                WHERE p.pronamespace = 'pg_catalog'::regnamespace AND (p.proname LIKE 'lo\_%' OR p.proname IN ('loread', 'lowrite'))
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', item.function);
    END LOOP;
END
$large_objects$;
