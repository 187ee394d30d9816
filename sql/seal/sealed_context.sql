-- The sealed tenant context, which a host turns on: from here on a context counts only when a host has signed it. SQL that an attacker gets into a tenant's
-- request can still write any setting, but cannot sign: it stays the tenant, role and access mode that it is.
--   on: SchemaMigratorOptions.Seal, sme-data migrate --seal, or psql -v seal=1 -f sql/apply.sql, once every host has a key (app_seal.add_key)
-- Once on it stays on.
-- The token is the setting app.context_token, text of 164 characters, made for one transaction or for several that follow each other closely:
--   1 kind: t tenant, d demo, a admin     1 mode: w, or r for read-only     8 id of the key     10 process id of the server's session, or zeros
--   16 latest start of the transaction, in microseconds since 2000-01-01 00:00 UTC, hexadecimal: PostgreSQL's own binary form of a timestamptz
--   64 SHA-256 of who it is for: tenant, user and each role in this order, in UTF-8, each behind its length in characters and a colon. They travel in the
--      settings app.current_org_id, app.current_user_id and app.current_roles. An admin context has no tenant, and its user is the actor
--   64 SHA-256 of the key block (sql/migrations/0003_seal_keys.sql) and all that
-- One hash and not the two of HMAC: the second one is against messages of another length, and this one has one length. docs/sealed-context.md argues it.
-- The start of the transaction, not its end: now() stands still in one, so a long one does not expire on its way.
DO $keys$
DECLARE
    is_new boolean;
BEGIN
    IF to_regclass('app_seal.keys') IS NULL OR to_regclass('app.protected_tables') IS NULL THEN
        RAISE EXCEPTION 'there is no table of keys, or of protected tables' USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Run the other files first.';
    END IF;
    -- A new database can be sealed first.
    SET LOCAL ROLE app_owner;
    is_new := NOT EXISTS (SELECT FROM app.protected_tables t
                          WHERE pg_catalog.pg_relation_size(t.relation) > 0
                             OR EXISTS (SELECT FROM pg_catalog.pg_partition_tree(t.relation) p WHERE pg_catalog.pg_relation_size(p.relid) > 0));
    RESET ROLE;
    SET LOCAL ROLE app_sealer;
    IF NOT is_new AND NOT EXISTS (SELECT FROM app_seal.keys WHERE retired_at IS NULL) THEN
        RAISE EXCEPTION 'no key is in force, so every context would be refused'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                HINT = 'sme-data seal add, or SELECT app_seal.add_key(); give the key to every host first (TenantConnectionOptions.SealKey).';
    END IF;
    RESET ROLE;
END
$keys$;

SET ROLE app_sealer;

-- Who the settings say that this transaction is for: as the token holds it, and the organization itself. Each setting is read once (OFFSET 0), so what is
-- compared is what counts. Of lengths before texts no two lists are the same text. NULL as a role, which no host sends, gives no length, and so no text that
-- a host signs. NULLIF: the planner evaluates the array for its estimate, also where the CASE would not.
CREATE OR REPLACE VIEW app_seal.identity AS
SELECT encode(sha256(convert_to(
           concat(length(s.org_id), ':', s.org_id, length(s.user_id), ':', s.user_id,
               CASE WHEN s.roles NOT IN ('', '{}') THEN
                   (SELECT string_agg(concat(length(r.role), ':', r.role), '' ORDER BY r.place)
                    FROM unnest(NULLIF(s.roles, '')::text[]) WITH ORDINALITY AS r (role, place)) END),
           'UTF8')), 'hex') AS digest,
       s.org_id
FROM (SELECT current_setting('app.current_org_id', true) AS org_id, current_setting('app.current_user_id', true) AS user_id,
             current_setting('app.current_roles', true) AS roles
      OFFSET 0) s;

-- {tenant_id} is the type of the ids of tenants in this database.
DO $seal$
DECLARE
    tenant_id constant text := (SELECT pg_catalog.format_type(t.typbasetype, NULL) FROM pg_catalog.pg_type t
        JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = 'app' AND t.typname = 'tenant_id');
BEGIN
    EXECUTE replace($sql$
-- Asked where no token holds: says what is wrong with it, or returns null where nobody has set a context at all. SECURITY DEFINER: it reads the keys.
-- RESTRICTED here and below: a parallel worker has a process id of its own. The policies ask in an InitPlan, which the leader evaluates for all.
CREATE OR REPLACE FUNCTION app_seal.refuse() RETURNS {tenant_id}
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    token constant text := coalesce(current_setting('app.context_token', true), '');
    expected text;
    reason text := 'is not valid: no key that is in force has signed it';
    cure text := 'Give the host a key that is in force: sme-data seal list, sme-data seal add.';
BEGIN
    IF token = '' AND coalesce(current_setting('app.current_org_id', true), '') = '' THEN
        RETURN NULL;
    END IF;
    SELECT encode(sha256(k.key_block || convert_to(left(token, 100), 'SQL_ASCII')), 'hex') INTO expected
    FROM app_seal.keys k WHERE k.id = substr(token, 3, 8);
    IF token = '' THEN
        reason := 'is missing: the host has only set app.current_org_id';
        cure := 'This database asks every host to sign: sme-data seal add, and TenantConnectionOptions.SealKey.';
    -- Behind the signature: a forger learns nothing of the rest.
    ELSIF hashtextextended(expected, 0) = hashtextextended(substr(token, 101), 0) AND expected = substr(token, 101) THEN
        IF encode(timestamptz_send(now()), 'hex') > substr(token, 21, 16) COLLATE "C" THEN
            reason := 'has expired';
            cure := 'The clocks of host and database differ, or it waited too long for its turn: TenantConnectionOptions.SealLifetime.';
        ELSIF substr(token, 11, 10)::int NOT IN (pg_backend_pid(), 0) THEN
            reason := 'belongs to another connection';
            cure := 'Behind a pooler in transaction mode: TenantConnectionOptions.TransactionPooling.';
        ELSIF substr(token, 2, 1) = 'r' AND current_setting('transaction_read_only', true) <> 'on' THEN
            reason := 'is read-only, and this transaction is not';
            cure := 'SQL has ended the transaction of a read-only context and begun another one.';
        ELSIF (SELECT i.digest FROM app_seal.identity i) IS DISTINCT FROM substr(token, 37, 64) THEN
            reason := 'is one of another tenant, user or user''s roles';
            cure := 'SQL has changed app.current_org_id, app.current_user_id or app.current_roles after the context was opened.';
        ELSE
            reason := format('is one of another role than %I', current_setting('role', true));
            cure := 'The role was changed after the context was opened, or the names of the roles are not those of the migrations.';
        END IF;
    END IF;
    RAISE EXCEPTION 'the sealed context %', reason USING ERRCODE = 'invalid_authorization_specification', HINT = cure;
END
$function$;

-- The token of this transaction if it holds, else no row. Views and not a function: as a part of the policy they are planned with the statement and kept with
-- its plan, and read the keys with their owner's rights. A SECURITY DEFINER function in PL/pgSQL took longer. Little is asked, because each call of a function
-- is set up anew for each statement, which together takes longer than the hashes: the keys in one scan, and the time as text.
CREATE OR REPLACE VIEW app_seal.valid_token AS
SELECT left(t.token, 1) AS kind, NULLIF(t.org_id, '')::{tenant_id} AS org_id
FROM (SELECT current_setting('app.context_token', true) AS token, i.digest, i.org_id,
             encode(sha256(k.key_block || convert_to(left(current_setting('app.context_token', true), 100), 'SQL_ASCII')), 'hex') AS expected
      FROM app_seal.keys k CROSS JOIN app_seal.identity i WHERE k.id = substr(current_setting('app.context_token', true), 3, 8)
      OFFSET 0) t -- keeps "expected" from being computed twice
-- The hashes first, and in a CASE: of conditions that stand beside each other the planner asks the cheapest first. To compare the texts takes longer the more
-- of a forgery is right, and whoever runs SQL here can measure that, over and over: but they are compared only where the hashes are the same, and those of a
-- forgery are not. What comes after that a host has signed.
WHERE CASE WHEN hashtextextended(t.expected, 0) = hashtextextended(substr(t.token, 101), 0) THEN
          t.expected = substr(t.token, 101)
          AND t.digest = substr(t.token, 37, 64)
          AND encode(timestamptz_send(now()), 'hex') <= substr(t.token, 21, 16) COLLATE "C"
          AND (substr(t.token, 11, 10)::int = pg_backend_pid() OR substr(t.token, 11, 10) = '0000000000')
          AND (substr(t.token, 2, 1) = 'w' OR current_setting('transaction_read_only') = 'on')
      END;

-- What the policies ask. It shows what the caller is anyway: each column is one kind of context, null where there is none in force. Any other token is an
-- error, so that nobody takes it for an empty table.
CREATE OR REPLACE VIEW app_seal.context AS
SELECT coalesce((SELECT v.org_id FROM app_seal.valid_token v WHERE v.kind = 't'), app_seal.refuse()) AS tenant_org_id,
       coalesce((SELECT v.org_id FROM app_seal.valid_token v WHERE v.kind = 'd'), app_seal.refuse()) AS demo_org_id,
       coalesce((SELECT true FROM app_seal.valid_token v WHERE v.kind = 'a'), app_seal.refuse() IS NOT NULL) AS is_admin;
$sql$, '{tenant_id}', tenant_id);
END
$seal$;

REVOKE ALL ON FUNCTION app_seal.refuse() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_seal.refuse() TO tenant_role, demo_role, admin_role;
GRANT SELECT ON app_seal.context TO tenant_role, demo_role, admin_role;
GRANT USAGE ON SCHEMA app_seal TO tenant_role, demo_role, admin_role;
RESET ROLE;
-- For defaults, for the policy of a table's owner, who may not read the views (SECURITY DEFINER), and for whoever asks in SQL. Owned by app_sealer:
-- sql/objects/context.sql, run once more, must not put the plain one in its place.
SET ROLE app_owner;
GRANT USAGE, CREATE ON SCHEMA app TO app_sealer;
RESET ROLE;
ALTER FUNCTION app.current_org_id() OWNER TO app_sealer;
ALTER FUNCTION app.current_user_id() OWNER TO app_sealer;
ALTER FUNCTION app.current_roles() OWNER TO app_sealer;
SET ROLE app_sealer;
DO $context$
BEGIN
    EXECUTE replace($sql$
CREATE OR REPLACE FUNCTION app.current_org_id() RETURNS {tenant_id}
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF current_setting('role') = 'tenant_role' THEN
        RETURN (SELECT c.tenant_org_id FROM app_seal.context c);
    ELSIF current_setting('role') = 'demo_role' THEN
        RETURN (SELECT c.demo_org_id FROM app_seal.context c);
    END IF;
    PERFORM c.is_admin FROM app_seal.context c;
    RETURN NULL;
END
$function$
$sql$, '{tenant_id}', (SELECT pg_catalog.format_type(t.typbasetype, NULL) FROM pg_catalog.pg_type t WHERE t.oid = 'app.tenant_id'::regtype));
END
$context$;

-- The token is for this user and these roles, too: where it holds, the settings are what a host has signed.
CREATE OR REPLACE FUNCTION app.current_user_id() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN CASE WHEN app.context_holds() THEN NULLIF(current_setting('app.current_user_id', true), '') END;
END
$function$;

CREATE OR REPLACE FUNCTION app.current_roles() RETURNS text[]
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN CASE WHEN app.context_holds() THEN coalesce(NULLIF(current_setting('app.current_roles', true), '')::text[], '{}') ELSE '{}' END;
END
$function$;

-- What the policies of the demo and of admins do not ask themselves. Whoever may become the owner of the tables could switch the policies off, so an operator
-- who may works as admin_role without a token.
CREATE OR REPLACE FUNCTION app.context_holds() RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN pg_has_role(session_user, 'app_owner', 'MEMBER')
        OR CASE current_setting('role')
            WHEN 'demo_role' THEN (SELECT c.demo_org_id IS NOT NULL FROM app_seal.context c)
            WHEN 'tenant_role' THEN (SELECT c.tenant_org_id IS NOT NULL FROM app_seal.context c)
            ELSE (SELECT c.is_admin FROM app_seal.context c) END;
END
$function$;
COMMENT ON FUNCTION app.context_holds() IS 'Whether a host has signed the context in force, for the role in force.';
-- Also in the policy and the triggers of a table's owner, who may be any role. They tell no more than the token of the session does.
GRANT EXECUTE ON FUNCTION app.current_org_id(), app.current_user_id(), app.context_holds() TO PUBLIC;
RESET ROLE;
SET ROLE app_owner;
REVOKE CREATE ON SCHEMA app FROM app_sealer;
RESET ROLE;

-- The tables that are protected already; app.protect_table sees to the others from now on. All of them: a table that asks for no signature would be open to a
-- tenant that sets another organization. As app_owner where it may alter the table.
DO $tables$
DECLARE
    target regclass;
    targets regclass[];
BEGIN
    SET LOCAL ROLE app_owner;
    targets := ARRAY(SELECT t.relation FROM app.protected_tables t JOIN pg_catalog.pg_class c ON c.oid = t.relation);
    RESET ROLE;
    FOREACH target IN ARRAY targets LOOP
        IF pg_catalog.pg_has_role('app_owner', (SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = target), 'USAGE') THEN
            SET LOCAL ROLE app_owner;
        END IF;
        PERFORM app.apply_protection(target);
        RESET ROLE;
    END LOOP;
END
$tables$;

-- The tenant guard, where it is on, knows what was there before.
DO $guard$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_class WHERE relname = 'pinned' AND relnamespace = to_regnamespace('app_guard')) THEN
        SET LOCAL ROLE app_owner;
        PERFORM app_guard.pin('app.current_org_id()'), app_guard.pin('app.current_user_id()'), app_guard.pin('app.current_roles()'),
            app_guard.pin('app.context_holds()'), app_guard.pin('app_seal.refuse()'), app_guard.pin('app_seal.identity'), app_guard.pin('app_seal.valid_token'),
            app_guard.pin('app_seal.context');
        RESET ROLE;
    END IF;
END
$guard$;
