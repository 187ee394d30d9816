-- app.add_tenant_column: gives a child table a tenant column, filled from its parent, and protects it by this column. A query by tenant then reads an index of
-- the child alone. SQL of the app need not change: a tenant's INSERT gets the column from its default, an admin's from the parent.
SET ROLE app_owner;

-- BEFORE INSERT OR UPDATE, where the row names no tenant. An admin context has none in force.
CREATE OR REPLACE FUNCTION app.take_tenant_from_parent() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    query text;
    tenant text;
BEGIN
    SELECT format('SELECT p.%I::text FROM %s p WHERE %s', max(r.attname) FILTER (WHERE f.attname = TG_ARGV[0]), k.confrelid::regclass,
        string_agg(format('p.%I = ($1).%I', r.attname, f.attname), ' AND ') FILTER (WHERE f.attname <> TG_ARGV[0])) INTO query
    FROM pg_constraint k CROSS JOIN LATERAL unnest(k.conkey, k.confkey) AS c (own, other)
    JOIN pg_attribute f ON f.attrelid = k.conrelid AND f.attnum = c.own JOIN pg_attribute r ON r.attrelid = k.confrelid AND r.attnum = c.other
    WHERE k.conrelid = TG_RELID AND k.contype = 'f' AND cardinality(k.conkey) > 1
    GROUP BY k.oid, k.confrelid HAVING bool_or(f.attname = TG_ARGV[0]) ORDER BY k.oid LIMIT 1;
    IF query IS NULL THEN
        RETURN NEW; -- the foreign key is gone: the column stays NULL, and is refused
    END IF;
    EXECUTE query INTO tenant USING NEW;
    -- Columns that are not named keep their values.
    RETURN jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0], tenant));
END
$function$;
COMMENT ON FUNCTION app.take_tenant_from_parent() IS 'The trigger of app.add_tenant_column.';

CREATE OR REPLACE FUNCTION app.add_tenant_column(target regclass, through regclass, tenant_column name DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_variable
DECLARE
    item record;
    old record;
    triggers record;
    key name[];
    actions text;
    maintenance constant text := coalesce(current_setting('app.maintenance', true), '');
BEGIN
    PERFORM app.refuse_unprotectable(target);
    SELECT t.kind, t.tenant_column AS name, format_type(a.atttypid, a.atttypmod) AS type INTO item
    FROM app.protected_tables t JOIN pg_class c ON c.oid = t.relation
    LEFT JOIN pg_attribute a ON a.attrelid = t.relation AND a.attname = t.tenant_column WHERE t.relation = through;
    IF item.kind IS NULL OR item.kind <> 'column' THEN
        RAISE EXCEPTION 'table % has no tenant column that % could take over', coalesce(through::text, 'NULL'), target
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = CASE item.kind
                WHEN 'tenants' THEN format('Each row of %1$s names its tenant in the foreign key: SELECT app.protect_table(%1$L, ''..'');', target::text)
                WHEN 'parent' THEN format('First give it one: SELECT app.add_tenant_column(%L, through => ''..'');', through::text)
                ELSE 'through is a table that app.protect_table has protected.' END;
    END IF;
    tenant_column := coalesce(tenant_column, item.name);
    IF EXISTS (SELECT FROM app.protected_tables t WHERE t.relation = target AND t.kind = 'column' AND t.tenant_column = add_tenant_column.tenant_column) THEN
        PERFORM app.protect_table(target, tenant_column);
        RETURN;
    ELSIF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = target AND a.attname = tenant_column AND NOT a.attisdropped) THEN
        RAISE EXCEPTION 'table % has a column % already', target, tenant_column
            USING ERRCODE = 'duplicate_column', HINT = format('If it holds the tenant: SELECT app.protect_table(%L, %L); or give another name: '
                'tenant_column => ''..''.', target::text, tenant_column);
    END IF;
    key := app.key_between(target, through, NULL);
    PERFORM app.refuse_null_key(target, key);
    SELECT k.conname AS name, k.confdeltype, k.confupdtype, k.condeferrable, k.condeferred,
        string_agg(quote_ident(f.attname), ', ' ORDER BY c.place) AS own_columns, string_agg(quote_ident(r.attname), ', ' ORDER BY c.place) AS parent_columns,
        string_agg(format('c.%I = p.%I', f.attname, r.attname), ' AND ') AS condition, array_agg(c.other) AS parent_numbers INTO old
    FROM pg_constraint k CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS c (own, other, place)
    JOIN pg_attribute f ON f.attrelid = k.conrelid AND f.attnum = c.own JOIN pg_attribute r ON r.attrelid = k.confrelid AND r.attnum = c.other
    WHERE k.contype = 'f' AND (k.conrelid, k.confrelid) = (target, through)
    GROUP BY k.oid HAVING array_agg(f.attname ORDER BY c.place) = key ORDER BY k.oid LIMIT 1;
    IF old.confupdtype IN ('n', 'd') THEN
        RAISE EXCEPTION 'foreign key % of table % sets columns when the key of a parent changes, and would set the tenant column, too', old.name, target
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Make it ON UPDATE NO ACTION or ON UPDATE CASCADE first.';
    END IF;
    actions := CASE old.confdeltype WHEN 'r' THEN ' ON DELETE RESTRICT' WHEN 'c' THEN ' ON DELETE CASCADE'
            WHEN 'n' THEN format(' ON DELETE SET NULL (%s)', old.own_columns) WHEN 'd' THEN format(' ON DELETE SET DEFAULT (%s)', old.own_columns) ELSE '' END
        || CASE old.confupdtype WHEN 'r' THEN ' ON UPDATE RESTRICT' WHEN 'c' THEN ' ON UPDATE CASCADE' ELSE '' END
        || CASE WHEN old.condeferrable THEN ' DEFERRABLE' ELSE '' END || CASE WHEN old.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END;

    -- The owner sees the rows of all tenants only in a maintenance; it ends with this call.
    IF maintenance = '' THEN
        PERFORM app.begin_maintenance(format('app.add_tenant_column(%L, through => %L)', target::text, through::text));
    END IF;
    EXECUTE format('ALTER TABLE %s ADD COLUMN %I %s', target, tenant_column, item.type);
    -- Triggers of the host would take this for a change of the rows.
    SELECT string_agg(format('ALTER TABLE ONLY %s DISABLE TRIGGER %I;', g.tgrelid::regclass, g.tgname), ' ') AS off,
        string_agg(format('ALTER TABLE ONLY %s ENABLE %sTRIGGER %I;', g.tgrelid::regclass,
            CASE g.tgenabled WHEN 'A' THEN 'ALWAYS ' WHEN 'R' THEN 'REPLICA ' ELSE '' END, g.tgname), ' ') AS on INTO triggers
    FROM pg_trigger g WHERE g.tgrelid IN (SELECT p.oid FROM app.parts_of(target) AS p (oid)) AND NOT g.tgisinternal AND g.tgenabled <> 'D';
    EXECUTE coalesce(triggers.off, '');
    EXECUTE format('UPDATE %s c SET %I = p.%I FROM %s p WHERE %s', target, tenant_column, item.name, through, old.condition);
    EXECUTE coalesce(triggers.on, '');
    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', target, tenant_column);

    -- The key to the parent holds the tenant, too: a row cannot refer to another tenant's parent, and cannot ask whether there is one.
    IF NOT EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = through AND a.attname = item.name
                   WHERE i.indrelid = through AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
                       AND i.indnkeyatts = cardinality(key) + 1 AND (i.indkey::int2[])[0:i.indnkeyatts - 1] @> (a.attnum || old.parent_numbers)) THEN
        EXECUTE format('ALTER TABLE %s ADD UNIQUE (%I, %s)', through, item.name, old.parent_columns);
    END IF;
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I FOREIGN KEY (%I, %s) REFERENCES %s (%I, %s)%s', target, old.name,
        tenant_column, old.own_columns, through, item.name, old.parent_columns, actions);
    EXECUTE format('CREATE INDEX ON %s (%I, %s)', target, tenant_column, old.own_columns);
    EXECUTE format('CREATE OR REPLACE TRIGGER take_tenant_from_parent BEFORE INSERT OR UPDATE ON %s FOR EACH ROW WHEN (NEW.%I IS NULL) '
        'EXECUTE FUNCTION app.take_tenant_from_parent(%L)', target, tenant_column, tenant_column);
    PERFORM set_config('app.maintenance', maintenance, true);
    PERFORM app.protect_table(target, tenant_column);
END
$function$;
COMMENT ON FUNCTION app.add_tenant_column(regclass, regclass, name) IS
    'Gives a child table a tenant column, filled from its parent, with foreign key and index, and protects the table by it.';

-- For whoever may alter the table; the roles of the app have no use for it.
REVOKE ALL ON FUNCTION app.take_tenant_from_parent(), app.add_tenant_column(regclass, regclass, name) FROM PUBLIC;

RESET ROLE;
