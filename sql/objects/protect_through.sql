-- app.protect_through: protects a table without a tenant column through another protected table.
--   SELECT app.protect_through('public.order_lines', 'public.orders');
--       a line is visible, and may be written, where its order is: order_lines refers to orders by a foreign key
--   SELECT app.protect_through('public.users', 'public.memberships', columns => '{id,name,email}');
--       a user is visible where one of its memberships is: memberships refers to users. Tenants read these columns and write nothing; they can neither add a
--       membership nor change whose it is, because whoever can write a membership can read any user
SET ROLE app_owner;

-- The foreign key of referencing to referenced, by its columns; an error where there is none, or more than one to choose from.
CREATE OR REPLACE FUNCTION app.key_between(referencing regclass, referenced regclass, key_columns name[]) RETURNS name[]
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    item record;
    keys name[][];
    found name[];
    count int := 0;
BEGIN
    FOR item IN
        SELECT k.oid, k.conname, k.convalidated AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true) AS is_valid, k.conkey, k.confkey,
            ARRAY(SELECT a.attname FROM unnest(k.conkey) WITH ORDINALITY AS c (number, place)
                  JOIN pg_attribute a ON a.attrelid = referencing AND a.attnum = c.number ORDER BY c.place) AS columns
        FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid = referencing AND k.confrelid = referenced ORDER BY k.oid
    LOOP
        CONTINUE WHEN key_columns IS NOT NULL AND item.columns <> key_columns;
        count := count + 1;
        IF count > 1 AND item.columns <> found THEN
            RAISE EXCEPTION 'table % refers to % by more than one foreign key', referencing, referenced
                USING ERRCODE = 'ambiguous_column',
                    HINT = format('Name the columns of the one that counts: parent_key => %L or parent_key => %L.', found, item.columns);
        ELSIF NOT item.is_valid THEN
            RAISE EXCEPTION 'foreign key % of table % is not validated: rows may refer to nothing', item.conname, referencing
                USING ERRCODE = 'object_not_in_prerequisite_state', HINT = format('ALTER TABLE %s VALIDATE CONSTRAINT %I;', referencing, item.conname);
        ELSIF EXISTS (
            SELECT FROM unnest(item.conkey, item.confkey) AS c (own, other)
            JOIN pg_attribute f ON f.attrelid = referencing AND f.attnum = c.own JOIN pg_attribute r ON r.attrelid = referenced AND r.attnum = c.other
            WHERE f.attcollation <> r.attcollation OR f.atttypid <> r.atttypid AND NOT (
                f.atttypid = ANY ('{smallint,integer,bigint}'::regtype[]) AND r.atttypid = ANY ('{smallint,integer,bigint}'::regtype[]))) THEN
            RAISE EXCEPTION 'the columns of foreign key % of table % have another type or collation than those of %', item.conname, referencing, referenced
                USING ERRCODE = 'datatype_mismatch', HINT = 'The policy compares them as they are: give them the same type and collation.';
        END IF;
        found := item.columns;
    END LOOP;
    IF count = 0 THEN
        RAISE EXCEPTION 'table % does not refer to % by a foreign key%', referencing, referenced, ' of the columns ' || key_columns::text
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = format('ALTER TABLE %s ADD FOREIGN KEY (..) REFERENCES %s;', referencing, referenced);
    END IF;
    RETURN found;
END
$function$;

CREATE OR REPLACE FUNCTION app.protect_through(target regclass, parent regclass, parent_key name[] DEFAULT NULL, columns name[] DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_variable
DECLARE
    item record;
    key name[];
BEGIN
    PERFORM app.refuse_unprotectable(target);
    IF array_position(parent_key, NULL) IS NOT NULL OR parent_key = '{}' OR array_position(columns, NULL) IS NOT NULL OR columns = '{}' THEN
        RAISE EXCEPTION 'parent_key or columns of table % is empty or has a NULL', target
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Leave parent_key out, or name columns.';
    END IF;
    SELECT t.kind INTO item FROM app.protected_tables t JOIN pg_class c ON c.oid = t.relation WHERE t.relation = protect_through.parent;
    IF item.kind IS NULL THEN
        RAISE EXCEPTION 'table % is not protected, so nothing can be protected through it', coalesce(parent::text, 'NULL')
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = format('First: SELECT app.protect_table(%L);', coalesce(parent::text, '..'));
    ELSIF item.kind IN ('shared', 'users') THEN
        RAISE EXCEPTION 'the rows of table % belong to no single tenant, so nothing can be protected through it', parent
            USING ERRCODE = 'object_not_in_prerequisite_state',
                HINT = format('SELECT app.protect_table(%L, ''..''); for a table with a column for the tenant.', target::text);
    ELSIF EXISTS (
        WITH RECURSIVE ancestor (relation) AS (
            SELECT parent UNION SELECT t.parent FROM ancestor a JOIN app.protected_tables t ON t.relation = a.relation WHERE t.parent IS NOT NULL)
        SELECT FROM ancestor a WHERE a.relation = target) THEN
        RAISE EXCEPTION 'table % cannot be protected through %, which is protected through it', target, parent
            USING ERRCODE = 'invalid_recursion', HINT = 'A policy that asks itself has no end. One of the tables needs a tenant column: app.add_tenant_column.';
    END IF;
    SELECT t.kind, t.parent INTO item FROM app.protected_tables t WHERE t.relation = target
        AND (t.kind NOT IN ('parent', 'users') OR (t.kind = 'users') <> (columns IS NOT NULL));
    IF FOUND THEN
        RAISE EXCEPTION 'table % is protected in another way', target
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = format('If that has changed: SELECT app.unprotect_table(%L); first.', target);
    ELSIF (SELECT count(DISTINCT c.relowner) FROM pg_class c WHERE c.oid IN (target, parent)) > 1 THEN
        RAISE EXCEPTION 'tables % and % belong to different roles', target, parent
            USING ERRCODE = 'object_not_in_prerequisite_state',
                HINT = format('The policies of %1$s ask %2$s as the owner of %1$s. ALTER TABLE %1$s OWNER TO %3$I;', target, parent,
                    (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = parent));
    END IF;

    IF columns IS NOT NULL THEN
        key := app.key_between(parent, target, parent_key);
        SELECT w.name INTO item FROM unnest(columns) AS w (name)
        WHERE NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = target AND a.attname = w.name AND a.attnum > 0 AND NOT a.attisdropped) LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'table % has no column %', target, item.name
                USING ERRCODE = 'undefined_column', HINT = 'columns has the columns that every tenant may read of its users.';
        ELSIF cardinality(key) > 1 THEN
            RAISE EXCEPTION 'the foreign key of % to % has more than one column', parent, target
                USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'A user has an id of one column, which app.current_user_id() is compared with.';
        END IF;
        PERFORM app.register_table((target, 'users', NULL, parent, key, ARRAY(SELECT DISTINCT c FROM unnest(columns) AS c ORDER BY c)));
        -- The memberships lose what lets a tenant add users.
        PERFORM app.apply_protection(parent);
        RETURN;
    END IF;

    IF NOT EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f' AND (k.conrelid, k.confrelid) = (target, parent))
       AND EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f' AND (k.conrelid, k.confrelid) = (parent, target)) THEN
        RAISE EXCEPTION 'table % refers to %: its rows can be seen through it, and nothing says which columns', parent, target
            USING ERRCODE = 'invalid_parameter_value',
                HINT = format('SELECT app.protect_through(%L, %L, columns => ''{id,name}''); with each column that tenants may read, and no password.',
                    target::text, parent::text);
    END IF;
    key := app.key_between(target, parent, parent_key);
    PERFORM app.refuse_null_key(target, key);
    PERFORM app.register_table((target, 'parent', NULL, parent, key, NULL));

    IF (SELECT c.reltuples FROM pg_class c WHERE c.oid = target) > 50000 THEN
        RAISE WARNING 'table % has about % rows, and each query that is not by parent reads all of them', target,
                (SELECT c.reltuples::bigint FROM pg_class c WHERE c.oid = target)
            USING HINT = format('SELECT app.add_tenant_column(%L, through => %L);', target::text, parent::text);
    END IF;
    PERFORM app.warn_of_indexes(target, key);
END
$function$;
COMMENT ON FUNCTION app.protect_through(regclass, regclass, name[], name[]) IS
    'Protects a table without a tenant column: its rows are visible where their parent is or, with columns, where one of their memberships is.';

-- For whoever may alter the table; the roles of the app have no use for it.
REVOKE ALL ON FUNCTION app.key_between(regclass, regclass, name[]), app.protect_through(regclass, regclass, name[], name[]) FROM PUBLIC;

RESET ROLE;
