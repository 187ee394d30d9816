-- Users inside of a tenant: who changed a row, and rows that belong to one user alone. A host calls these for the tables that need them.
SET ROLE app_owner;

CREATE OR REPLACE FUNCTION app.refuse_without_user() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RAISE EXCEPTION 'no user is set, and rows of this table belong to users'
        USING ERRCODE = 'insufficient_privilege', HINT = 'Say who acts: context.As(userId).';
END
$function$;

-- Inlined where a policy calls it, so it is as parallel-safe as app.current_user_id() is, plain or sealed.
CREATE OR REPLACE FUNCTION app.required_user_id() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE(app.current_user_id(), app.refuse_without_user());
COMMENT ON FUNCTION app.required_user_id() IS 'The user of this transaction; an error where none is set.';

CREATE OR REPLACE FUNCTION app.write_current_user() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    user_id constant text := app.current_user_id();
BEGIN
    IF user_id IS NULL AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = TG_RELID AND a.attname = TG_ARGV[0] AND a.attnotnull) THEN
        RAISE EXCEPTION 'no user is set, and column % of table % says who changed the row', TG_ARGV[0], TG_RELID::regclass
            USING ERRCODE = 'not_null_violation', HINT = 'Say who acts: context.As(userId). In a maintenance: SET LOCAL app.current_user_id = ''..'';';
    END IF;
    -- Columns that are not named keep their values.
    RETURN jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0], user_id));
EXCEPTION WHEN invalid_text_representation OR numeric_value_out_of_range OR string_data_right_truncation THEN
    RAISE EXCEPTION 'user id "%" does not fit column % of table %: %', user_id, TG_ARGV[0], TG_RELID::regclass, SQLERRM
        USING ERRCODE = 'datatype_mismatch', HINT = 'Pass context.As the id as this column stores it, or give the column type text.';
END
$function$;
COMMENT ON FUNCTION app.write_current_user() IS 'The trigger of app.track_changes_by.';

-- Whether a column can hold users, and its type as a comparison has to name it; an error where it cannot.
CREATE OR REPLACE FUNCTION app.user_column_type(target regclass, column_name name) RETURNS regtype
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    item record;
BEGIN
    SELECT c.relkind, c.relispartition, c.relpersistence INTO item FROM pg_class c WHERE c.oid = target;
    IF item.relkind IS NULL OR item.relkind NOT IN ('r', 'p') OR item.relispartition OR item.relpersistence = 't' THEN
        RAISE EXCEPTION '% is not an ordinary or partitioned table', coalesce(target::text, 'NULL')
            USING ERRCODE = 'wrong_object_type', HINT = 'Name the table itself: a partition is included with its parent, a view with its tables.';
    END IF;
    SELECT a.atttypid::regtype AS type, a.attgenerated <> '' OR a.attidentity <> '' AS is_generated, NOT c.collisdeterministic AS is_nondeterministic INTO item
    FROM pg_attribute a LEFT JOIN pg_collation c ON c.oid = a.attcollation
    WHERE a.attrelid = target AND a.attname = column_name AND a.attnum > 0 AND NOT a.attisdropped;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'table % has no column %', target, coalesce(column_name, 'NULL')
            USING ERRCODE = 'undefined_column', HINT = format('ALTER TABLE %s ADD COLUMN %I text;', target, coalesce(column_name, 'changed_by'));
    ELSIF item.type <> ALL ('{text,varchar,uuid,bigint}'::regtype[]) OR item.is_generated THEN
        RAISE EXCEPTION 'column % of table % is %, which cannot hold the id of a user', column_name, target,
            CASE WHEN item.is_generated THEN 'generated' ELSE item.type::text END
            USING ERRCODE = 'datatype_mismatch', HINT = 'A column for users is text, varchar, uuid or bigint, as their ids are, and is not generated.';
    ELSIF item.is_nondeterministic THEN
        RAISE EXCEPTION 'column % of table % has a nondeterministic collation, which takes different users for the same', column_name, target
            USING ERRCODE = 'datatype_mismatch', HINT = format('ALTER TABLE %s ALTER COLUMN %I TYPE text COLLATE "C";', target, column_name);
    END IF;
    RETURN item.type;
END
$function$;

CREATE OR REPLACE FUNCTION app.track_changes_by(target regclass, column_name name DEFAULT 'changed_by') RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    part regclass;
BEGIN
    PERFORM app.user_column_type(target, column_name);
    -- A partition gets the trigger from its parent, an inheritance child does not.
    FOR part IN SELECT p.oid FROM app.parts_of(target) AS p (oid) JOIN pg_class c ON c.oid = p.oid WHERE NOT c.relispartition LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER %I BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION app.write_current_user(%L)',
            'track_changes_by_' || left(column_name::text, 46), part, column_name);
    END LOOP;
END
$function$;
COMMENT ON FUNCTION app.track_changes_by(regclass, name) IS
    'Writes the user of the context into a column of each row that is inserted or updated. Off: DROP TRIGGER track_changes_by_.. ON the table.';

CREATE OR REPLACE FUNCTION app.restrict_to_owner(target regclass, author_column name, except_roles text[] DEFAULT '{}') RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    type constant regtype := app.user_column_type(target, author_column);
    condition text;
BEGIN
    IF NOT EXISTS (SELECT FROM app.protected_tables t WHERE t.relation = target) THEN
        RAISE EXCEPTION 'table % is not protected', target
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = format('First: SELECT app.protect_table(%L);', target);
    ELSIF array_position(except_roles, NULL) IS NOT NULL OR '' = ANY (except_roles) THEN
        RAISE EXCEPTION 'a role of except_roles is null or empty'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Name roles as the host passes them to context.As(userId, roles).';
    END IF;
    -- In the column's type, so that an index serves it.
    condition := format('%I = (SELECT app.required_user_id()%s)', author_column, CASE WHEN type IN ('uuid'::regtype, 'bigint'::regtype) THEN '::' || type END);
    IF cardinality(except_roles) > 0 THEN
        condition := format('%s OR (SELECT app.current_roles() && %L::text[])', condition, except_roles);
    END IF;
    IF EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = target AND p.polname = 'row_owner') THEN
        EXECUTE format('DROP POLICY row_owner ON %s', target);
    END IF;
    EXECUTE format('CREATE POLICY row_owner ON %s AS RESTRICTIVE FOR ALL TO tenant_role USING (%2$s) WITH CHECK (%2$s)', target, condition);
END
$function$;
COMMENT ON FUNCTION app.restrict_to_owner(regclass, name, text[]) IS
    'Lets a user see and write only rows that name it in a column; users with one of the roles see all of the tenant. Off: DROP POLICY row_owner ON the table.';

REVOKE ALL ON FUNCTION app.refuse_without_user(), app.required_user_id(), app.write_current_user(), app.user_column_type(regclass, name),
    app.track_changes_by(regclass, name), app.restrict_to_owner(regclass, name, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.refuse_without_user(), app.required_user_id() TO tenant_role, demo_role, admin_role;

RESET ROLE;
