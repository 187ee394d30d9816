-- app.protect_table: one call makes a table tenant-safe, and again without harm.
SET ROLE app_owner;

CREATE OR REPLACE FUNCTION app.protect_table(target regclass, tenant_column name DEFAULT 'org_id') RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_variable
DECLARE
    col record;
    tenants record;
    reference text;
    tenant_id constant regtype := (SELECT t.typbasetype FROM pg_type t WHERE t.oid = 'app.tenant_id'::regtype);
BEGIN
    PERFORM app.refuse_unprotectable(target);
    SELECT t.relation, format('%I.%I', n.nspname, c.relname) AS name, t.tenant_column AS id INTO tenants
    FROM app.protected_tables t JOIN pg_class c ON c.oid = t.relation JOIN pg_namespace n ON n.oid = c.relnamespace WHERE t.kind = 'tenants';
    reference := CASE WHEN tenants.relation IS NULL THEN '' ELSE format(' REFERENCES %s (%I) ON DELETE CASCADE', tenants.name, tenants.id) END;

    SELECT a.attnotnull, a.atthasdef OR a.attidentity <> '' AS has_default, format_type(a.atttypid, a.atttypmod) AS type, c.collname AS collation,
        -- Types whose index serves the comparison with a tenant id. A domain over the type itself does, too.
        CASE WHEN tenant_id = 'bigint'::regtype AND t.oid IN ('integer'::regtype, 'smallint'::regtype)
            OR tenant_id = 'text'::regtype AND t.oid = 'varchar'::regtype THEN tenant_id
        WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END = tenant_id AS is_accepted,
        -- Two spellings that such a collation calls equal would be one tenant.
        NOT c.collisdeterministic AS is_nondeterministic
    INTO col FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_collation c ON c.oid = a.attcollation
    WHERE a.attrelid = target AND a.attname = tenant_column AND NOT a.attisdropped AND a.attnum > 0;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'table % has no column %', target, tenant_column
            USING ERRCODE = 'undefined_column',
                  HINT = format('ALTER TABLE %s ADD COLUMN %I %s NOT NULL%s;', target, tenant_column, tenant_id, reference);
    ELSIF NOT col.is_accepted THEN
        RAISE EXCEPTION 'column % of table % is %, and tenant ids of this database are %', tenant_column, target, col.type, tenant_id
            USING ERRCODE = 'datatype_mismatch',
                  HINT = format('A cast in the policy would cost the index%s. ALTER TABLE %s ALTER COLUMN %I TYPE %s USING %3$I::%4$s; '
                                'or migrate a database of its own with another --tenant-type.',
                                CASE WHEN tenant_id = 'text'::regtype THEN ', and char(n) and citext take different ids for the same' ELSE '' END,
                                target, tenant_column, tenant_id);
    ELSIF col.is_nondeterministic THEN
        RAISE EXCEPTION 'column % of table % has the nondeterministic collation "%", which takes different tenant ids for the same', tenant_column, target,
            col.collation
            USING ERRCODE = 'datatype_mismatch',
                  HINT = format('ALTER TABLE %s ALTER COLUMN %I TYPE text COLLATE "C"; once each id is written in one way.', target, tenant_column);
    ELSIF NOT col.attnotnull THEN
        RAISE EXCEPTION 'column % of table % may be null', tenant_column, target
            USING ERRCODE = 'not_null_violation', HINT = format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL;', target, tenant_column);
    END IF;

    -- A column that nothing ties to the tenants' table may hold anything, such as who made a row. A key to it counts, and one to the tenant column of another
    -- protected table; and a comment of the column that begins with "tenant column:" and gives the reason.
    IF tenants.relation <> target AND NOT EXISTS (
        SELECT FROM pg_constraint k
        JOIN pg_attribute own ON own.attrelid = k.conrelid AND own.attname = tenant_column
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = k.confkey[array_position(k.conkey, own.attnum)]
        JOIN app.protected_tables t ON t.relation = k.confrelid AND t.tenant_column = a.attname
        WHERE k.conrelid = target AND k.contype = 'f' AND k.confrelid <> target AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)) -- from 18 on
       AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = target AND a.attname = tenant_column
                       AND col_description(target, a.attnum) ~* '^tenant column: *[^[:space:]]') THEN
        RAISE EXCEPTION 'column % of table % has no foreign key to %: nothing says that it holds tenants', tenant_column, target, tenants.name
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = format('ALTER TABLE %s ADD FOREIGN KEY (%I)%s; or, if another column holds them, '
                                'SELECT app.protect_table(%L, ''..''); or, if it can have no foreign key: '
                                'COMMENT ON COLUMN %1$s.%2$I IS ''tenant column: ..''; with the reason.',
                                target, tenant_column, reference, target);
    END IF;

    PERFORM app.register_table((target, CASE WHEN tenants.relation = target THEN 'tenants' ELSE 'column' END, tenant_column, NULL, NULL, NULL));

    -- So that an INSERT of the app need not name the tenant. The tenants' table gives its own ids.
    IF tenants.relation IS DISTINCT FROM target AND NOT col.has_default THEN
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT app.current_org_id()', target, tenant_column);
        RAISE NOTICE 'column % of table % now has the default app.current_org_id(): an INSERT may leave it out', tenant_column, target;
    END IF;

    -- The keys of the tenants' table are for all of them.
    IF tenant_column <> 'id' THEN
        PERFORM app.warn_of_indexes(target, ARRAY[tenant_column]);
    END IF;
END
$function$;
COMMENT ON FUNCTION app.protect_table(regclass, name) IS
    'Makes a table tenant-safe: checks its tenant column, enables and forces row-level security, sets the policies and the grants.';

-- For whoever may alter the table; the roles of the app have no use for it.
REVOKE ALL ON FUNCTION app.protect_table(regclass, name) FROM PUBLIC;

RESET ROLE;
