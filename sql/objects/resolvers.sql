-- Resolvers: which tenant a request is for, before any tenant is in force. Each answers one question about one table, by a unique key:
--   SELECT app.create_resolver('api_key', 'public.api_keys', columns => '{key_hash}', tenant_column => 'org_id');
--       app.resolve_api_key(bytea): the tenant of the row with this key, or NULL
--   SELECT app.create_resolver('membership', 'public.memberships', columns => '{user_id,org_id}', tenant_column => 'org_id');
--       app.resolve_membership(text, uuid): the tenant, if the user is a member of it, or NULL
--       app.tenants_of_membership(text): all tenants of the user; where the tenant column is one of several columns
-- Only resolver_role may call them. SQL that an attacker gets into a tenant's request can take that role, too: so a key has to be one that nobody can guess, as
-- the hash of an API key, or whatever the table says about it is known to everybody.
-- There is no list of resolvers besides the functions of app_resolver: from what they depend on follow its privileges and its policy on each table.
SET ROLE app_owner;

-- What the resolvers of a table need: SELECT on the columns that they compare and return, and a policy that lets their owner see the rows. To accept an
-- invitation (invitations.sql) takes a DELETE of invitations and an INSERT of memberships.
CREATE OR REPLACE FUNCTION app.apply_resolvers(target regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    item record;
BEGIN
    -- A revoke on the table takes the column privileges with it.
    EXECUTE format('REVOKE ALL ON TABLE %s FROM app_resolver', target);
    FOR item IN SELECT p.polname FROM pg_policy p WHERE p.polrelid = target AND p.polroles = ARRAY['app_resolver'::regrole::oid] LOOP
        EXECUTE format('DROP POLICY %I ON %s', item.polname, target);
    END LOOP;
    FOR item IN
        WITH used AS (
            SELECT p.proname = 'accept_invitation' AS accepts, string_agg(DISTINCT quote_ident(a.attname), ', ') AS columns,
                (SELECT t.kind = 'column' FROM app.protected_tables t WHERE t.relation = target) AS is_column,
                EXISTS (SELECT FROM app.protected_tables u WHERE u.kind = 'users' AND u.parent = target) AS is_of_memberships
            FROM pg_depend d JOIN pg_proc p ON p.oid = d.objid AND p.proowner = 'app_resolver'::regrole
            JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = target AND d.refobjsubid > 0
            GROUP BY 1)
        SELECT 'SELECT' AS command, string_agg(u.columns, ', ') AS columns, 'resolver_access' AS policy, 'USING' AS clause
        FROM used u WHERE NOT (u.accepts AND u.is_of_memberships) HAVING count(*) > 0
        UNION ALL SELECT 'INSERT', u.columns, 'resolver_insert', 'WITH CHECK' FROM used u WHERE u.accepts AND u.is_of_memberships
        UNION ALL SELECT 'DELETE', NULL, 'resolver_delete', 'USING' FROM used u WHERE u.accepts AND u.is_column AND NOT u.is_of_memberships
    LOOP
        EXECUTE format('GRANT %s%s ON TABLE %s TO app_resolver', item.command, ' (' || item.columns || ')', target);
        EXECUTE format('CREATE POLICY %s ON %s FOR %s TO app_resolver %s (true)', item.policy, target, item.command, item.clause);
    END LOOP;
END
$function$;

-- The functions of a resolver.
CREATE OR REPLACE FUNCTION app.functions_of_resolver(resolver text) RETURNS SETOF regprocedure
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT p.oid::regprocedure FROM pg_proc p
    WHERE p.pronamespace = 'app'::regnamespace AND p.proname::text IN ('resolve_' || resolver, 'tenants_of_' || resolver, 'accept_' || resolver)
$function$;

CREATE OR REPLACE FUNCTION app.drop_resolver(name text) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    functions constant regprocedure[] := ARRAY(SELECT f FROM app.functions_of_resolver(drop_resolver.name) f
        JOIN pg_proc p ON p.oid = f AND p.proowner = 'app_resolver'::regrole);
    targets constant regclass[] := ARRAY(SELECT DISTINCT d.refobjid::regclass FROM pg_depend d
        WHERE d.classid = 'pg_proc'::regclass AND d.objid = ANY (functions::oid[]) AND d.refclassid = 'pg_class'::regclass);
    item text;
BEGIN
    IF cardinality(functions) = 0 THEN
        RAISE EXCEPTION 'there is no resolver %', coalesce(quote_literal(drop_resolver.name), 'NULL') USING ERRCODE = 'undefined_object',
            HINT = 'SELECT oid::regprocedure FROM pg_proc WHERE proowner = ''app_resolver''::regrole;';
    END IF;
    FOREACH item IN ARRAY functions::text[] LOOP
        EXECUTE format('DROP FUNCTION %s', item);
    END LOOP;
    PERFORM app.apply_resolvers(t) FROM unnest(targets) AS t;
END
$function$;
COMMENT ON FUNCTION app.drop_resolver(text) IS 'Takes back what app.create_resolver did: the functions, the policy, the privileges.';

-- A STRICT function answers NULL to NULL. The body is parsed here and now, and names nothing any more; it compares with the operator of the unique index, and
-- fails where that index is gone and two rows have the key.
CREATE OR REPLACE FUNCTION app.create_resolver(name text, target regclass, columns name[], tenant_column name DEFAULT 'org_id') RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_variable
DECLARE
    tenant_id constant regtype := (SELECT t.typbasetype FROM pg_type t WHERE t.oid = 'app.tenant_id'::regtype);
    list constant text := (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) AS c);
    item record;
    source record;
    conditions text[]; -- in the order of columns, each without the number of its argument
    query text;
    made text;
BEGIN
    IF name IS NULL OR name !~ '^[a-z_][a-z0-9_]{0,51}$' THEN
        RAISE EXCEPTION 'a resolver cannot be called %', coalesce(quote_literal(name), 'NULL')
            USING ERRCODE = 'invalid_name', HINT = 'Its name has 1 to 52 lower-case letters, digits or _, no digit first: it becomes app.resolve_<name>.';
    ELSIF coalesce(cardinality(columns), 0) = 0 OR array_ndims(columns) > 1 OR cardinality(columns) > (SELECT count(DISTINCT c) FROM unnest(columns) AS c) THEN
        RAISE EXCEPTION 'resolver % has no columns to compare, or a NULL or the same column twice among them', name
            USING ERRCODE = 'invalid_parameter_value', HINT = format('SELECT app.create_resolver(%L, .., columns => ''{key_hash}'');', name);
    END IF;
    columns := ARRAY(SELECT unnest(columns)); -- places count from 1

    SELECT c.relkind, c.relispartition, c.relpersistence, c.relowner, n.nspname AS schema,
        format('%s%I.%I', CASE c.relkind WHEN 'r' THEN 'ONLY ' END, n.nspname, c.relname) AS name INTO source
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = target;
    IF NOT FOUND THEN -- a number is a regclass whether or not there is such a relation
        RAISE EXCEPTION 'there is no table % to resolve from', coalesce(target::text, 'NULL')
            USING ERRCODE = 'undefined_table', HINT = 'Name it with its schema.';
    ELSIF source.relkind NOT IN ('r', 'p') OR source.relispartition OR source.relpersistence = 't'
       OR source.schema IN ('app', 'app_seal', 'app_guard', 'pg_catalog', 'information_schema') THEN
        RAISE EXCEPTION '% cannot have a resolver: it is not an ordinary or partitioned table of yours', target
            USING ERRCODE = 'wrong_object_type', HINT = 'Views, partitions, temporary tables and the tables of app and of PostgreSQL have none.';
    ELSIF NOT pg_has_role(source.relowner, 'USAGE') OR NOT pg_has_role('app_owner', 'USAGE') THEN
        RAISE EXCEPTION 'table % belongs to %, and % may not give it a resolver', target, pg_get_userbyid(source.relowner), current_user
            USING ERRCODE = 'insufficient_privilege',
                HINT = format('ALTER TABLE %s OWNER TO app_owner; and call app.create_resolver as app_owner, or as a superuser.', target);
    END IF;

    FOR item IN
        SELECT w.name, a.attnum IS NULL AS is_missing, NOT a.attnotnull AS is_nullable, format_type(a.atttypid, a.atttypmod) AS type,
            -- The types of app.protect_table.
            CASE WHEN tenant_id = 'bigint'::regtype AND t.oid IN ('integer'::regtype, 'smallint'::regtype)
                OR tenant_id = 'text'::regtype AND t.oid = 'varchar'::regtype THEN tenant_id
            WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END = tenant_id AS is_accepted, w.is_tenant
        FROM (SELECT c, false FROM unnest(columns) AS c UNION ALL SELECT tenant_column, true) AS w (name, is_tenant)
        LEFT JOIN pg_attribute a ON a.attrelid = target AND a.attname = w.name AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_type t ON t.oid = a.atttypid
    LOOP
        IF item.is_missing THEN
            RAISE EXCEPTION 'table % has no column %', target, coalesce(quote_ident(item.name), 'NULL')
                USING ERRCODE = 'undefined_column', HINT = 'columns has the columns of the key, tenant_column the one with the tenant.';
        ELSIF item.is_tenant AND NOT item.is_accepted THEN
            RAISE EXCEPTION 'column % of table % is %, and tenant ids of this database are %', tenant_column, target, item.type, tenant_id
                USING ERRCODE = 'datatype_mismatch', HINT = 'tenant_column => .. names the column with the tenant.';
        ELSIF item.is_tenant AND item.is_nullable THEN
            RAISE EXCEPTION 'column % of table % may be null', tenant_column, target
                USING ERRCODE = 'not_null_violation', HINT = format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL;', target, tenant_column);
        END IF;
    END LOOP;

    -- The operator is the one that the index calls equal: a type of an extension has one that is not in pg_catalog.
    SELECT array_agg(format('t.%I OPERATOR(%I.%s) $', k.name, k.schema, k.operator) ORDER BY k.place) INTO conditions
    FROM pg_index i CROSS JOIN LATERAL (
        SELECT a.attname AS name, array_position(columns, a.attname) AS place, n.nspname AS schema, o.oprname AS operator
        FROM generate_series(0, i.indnkeyatts - 1) AS p (place)
        JOIN pg_attribute a ON a.attrelid = target AND a.attnum = i.indkey[p.place] AND a.attcollation = i.indcollation[p.place]
        JOIN pg_opclass c ON c.oid = i.indclass[p.place]
        JOIN pg_amop m ON m.amopfamily = c.opcfamily AND m.amopstrategy = 3 AND m.amoplefttype = c.opcintype AND m.amoprighttype = c.opcintype
        JOIN pg_operator o ON o.oid = m.amopopr JOIN pg_namespace n ON n.oid = o.oprnamespace
        WHERE a.attname = ANY (columns)) AS k
    JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam AND m.amname = 'btree'
    WHERE i.indrelid = target AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indisready AND i.indpred IS NULL AND i.indexprs IS NULL
        AND i.indnkeyatts = cardinality(columns)
    GROUP BY i.indexrelid HAVING count(*) = cardinality(columns) ORDER BY i.indexrelid LIMIT 1;
    IF conditions IS NULL THEN
        RAISE EXCEPTION 'no unique index of table % has exactly the columns (%): two tenants could have the same key', target, list
            USING ERRCODE = 'object_not_in_prerequisite_state',
                HINT = format('CREATE UNIQUE INDEX ON %s (%s); one that is partial, deferrable, invalid, of another collation or with an expression does not '
                              'count.', target, list);
    END IF;

    IF EXISTS (SELECT FROM app.functions_of_resolver(name) f JOIN pg_proc p ON p.oid = f AND p.proowner <> 'app_resolver'::regrole) THEN
        RAISE EXCEPTION 'function app.resolve_% is no resolver', name USING ERRCODE = 'duplicate_function', HINT = 'Choose another name, or drop the function.';
    ELSIF EXISTS (SELECT FROM app.functions_of_resolver(name)) THEN
        PERFORM app.drop_resolver(name);
    END IF;

    GRANT CREATE ON SCHEMA app TO app_resolver;
    FOR item IN
        SELECT 'resolve_' || name AS name, tenant_id::text AS result, 'RETURN (%s)' AS body, columns AS compared
        UNION ALL
        SELECT 'tenants_of_' || name, 'SETOF ' || tenant_id, 'BEGIN ATOMIC %s ORDER BY 1; END', array_remove(columns, tenant_column)
        WHERE tenant_column = ANY (columns) AND cardinality(columns) > 1
    LOOP
        query := format('SELECT t.%I::%s FROM %s t WHERE %s', tenant_column, tenant_id, source.name,
            (SELECT string_agg(conditions[array_position(columns, c.name)] || c.place, ' AND ' ORDER BY c.place)
             FROM unnest(item.compared) WITH ORDINALITY AS c (name, place)));
        -- A tenant is given as what the functions return, also where the column is narrower.
        made := format('app.%I(%s)', item.name, (
            SELECT string_agg(format_type(CASE WHEN c.name = tenant_column THEN tenant_id ELSE a.atttypid END, NULL), ', ' ORDER BY c.place)
            FROM unnest(item.compared) WITH ORDINALITY AS c (name, place) JOIN pg_attribute a ON a.attrelid = target AND a.attname = c.name));
        EXECUTE format('CREATE FUNCTION %s RETURNS %s LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp %s',
            made, item.result, format(item.body, query));
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', made);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO resolver_role', made);
        EXECUTE format('COMMENT ON FUNCTION %s IS %L', made, format('The tenant of %s by (%s).', target, list));
        EXECUTE format('ALTER FUNCTION %s OWNER TO app_resolver', made);
    END LOOP;
    REVOKE CREATE ON SCHEMA app FROM app_resolver;
    PERFORM app.apply_resolvers(target);
END
$function$;
COMMENT ON FUNCTION app.create_resolver(text, regclass, name[], name) IS
    'Makes app.resolve_<name>(..): the tenant of the row with a unique key, for resolver_role alone, before any tenant is in force.';

-- For whoever may alter the table; the roles of the app have no use for it.
REVOKE ALL ON FUNCTION app.apply_resolvers(regclass), app.functions_of_resolver(text), app.drop_resolver(text),
    app.create_resolver(text, regclass, name[], name) FROM PUBLIC;

RESET ROLE;
