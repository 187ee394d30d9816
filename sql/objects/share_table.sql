-- app.share_table: a table whose rows are the same for all tenants, such as countries. Tenants read it; an admin writes it, and so do migrations of its owner.
SET ROLE app_owner;

CREATE OR REPLACE FUNCTION app.share_table(target regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    item record;
BEGIN
    PERFORM app.refuse_unprotectable(target);
    SELECT t.kind INTO item FROM app.protected_tables t WHERE t.relation = target AND t.kind <> 'shared';
    IF FOUND THEN
        RAISE EXCEPTION 'table % is protected: its rows belong to tenants', target
            USING ERRCODE = 'object_not_in_prerequisite_state',
                HINT = format('If that has changed: SELECT app.unprotect_table(%1$L), app.share_table(%1$L);', target::text);
    END IF;

    -- Only the tenants' table and tables that belong to tenants have a reason to refer to tenants.
    SELECT k.conname AS name, t.relation AS parent INTO item FROM pg_constraint k JOIN app.protected_tables t ON t.relation = k.confrelid AND t.kind <> 'shared'
    WHERE k.conrelid = target AND k.contype = 'f' ORDER BY k.conname LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'table % refers to %, whose rows belong to tenants', target, item.parent
            USING ERRCODE = 'object_not_in_prerequisite_state',
                HINT = format('SELECT app.protect_table(%1$L, ''..''); or SELECT app.protect_through(%1$L, %2$L); or, if all tenants may read its rows: '
                    'ALTER TABLE %1$s DROP CONSTRAINT %3$I;', target::text, item.parent::text, item.name);
    END IF;
    PERFORM app.register_table((target, 'shared', NULL, NULL, NULL, NULL));
END
$function$;
COMMENT ON FUNCTION app.share_table(regclass) IS 'Lets every tenant read a table that belongs to no tenant; an admin context and the owner write it.';

-- For whoever may alter the table; the roles of the app have no use for it.
REVOKE ALL ON FUNCTION app.share_table(regclass) FROM PUBLIC;

RESET ROLE;
