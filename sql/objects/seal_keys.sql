-- What makes and retires the keys of the seal, and asks them about an entry in the log of admin contexts.
SET ROLE app_sealer;

-- Made in the database: a parameter or a literal could end in a log or in pg_stat_statements, what a function returns does not.
CREATE OR REPLACE FUNCTION app_seal.add_key() RETURNS text
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    id constant text := left(encode(uuid_send(gen_random_uuid()), 'hex'), 8);
    -- A random uuid has 122 bits of the server's strong random numbers.
    secret constant bytea := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
    key_block bytea := secret || decode(repeat('00', 32), 'hex');
BEGIN
    FOR i IN 0..63 LOOP
        key_block := set_byte(key_block, i, get_byte(key_block, i) # 54);
    END LOOP;
    INSERT INTO app_seal.keys (id, key_block) VALUES (id, key_block);
    -- The planner takes a table that it knows nothing of for a large one, and would go through the index for two rows.
    ANALYZE app_seal.keys;
    RETURN id || ':' || encode(secret, 'base64');
END
$function$;
COMMENT ON FUNCTION app_seal.add_key() IS 'Makes a key, puts it in force and returns it, as id:secret, for the host: TenantConnectionOptions.SealKey.';

CREATE OR REPLACE FUNCTION app_seal.retire_key(key_id text) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    -- One after the other, so that two do not retire the last two.
    LOCK TABLE app_seal.keys IN SHARE ROW EXCLUSIVE MODE;
    IF NOT EXISTS (SELECT FROM app_seal.keys k WHERE k.id = key_id AND k.retired_at IS NULL) THEN
        RAISE EXCEPTION 'no key "%" is in force', key_id USING ERRCODE = 'undefined_object', HINT = 'SELECT id, added_at, retired_at FROM app_seal.keys;';
    END IF;
    IF to_regclass('app_seal.context') IS NOT NULL AND NOT EXISTS (SELECT FROM app_seal.keys k WHERE k.id <> key_id AND k.retired_at IS NULL) THEN
        RAISE EXCEPTION 'key "%" is the last one: without it every context is refused', key_id
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Add another key, give it to the hosts, and retire this one then.';
    END IF;
    UPDATE app_seal.keys k SET retired_at = clock_timestamp(), key_block = NULL WHERE k.id = key_id;
END
$function$;
COMMENT ON FUNCTION app_seal.retire_key(text) IS 'Takes a key out of force and forgets it: what was signed with it is refused from now on.';

REVOKE ALL ON FUNCTION app_seal.add_key(), app_seal.retire_key(text) FROM PUBLIC;

-- Whether the context in force may enter a name as its own in the log of admin contexts. Where contexts are sealed, the name is part of what the host has
-- signed: it is the user of an admin context. Elsewhere nothing is known of it. SECURITY DEFINER: it reads the keys.
-- Whoever may become the owner of the tables could switch the policies off, so such an operator needs no token.
CREATE OR REPLACE FUNCTION app_seal.admits_entry(actor text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF to_regclass('app_seal.context') IS NULL OR pg_has_role(session_user, 'app_owner', 'MEMBER') THEN
        RETURN true;
    END IF;
    IF NOT EXISTS (SELECT FROM app_seal.valid_token v WHERE v.kind = 'a') THEN
        PERFORM app_seal.refuse();
        RETURN false;
    END IF;
    RETURN actor = current_setting('app.current_user_id');
END
$function$;
COMMENT ON FUNCTION app_seal.admits_entry(text) IS 'Whether the context in force may enter this name as its own in the log of admin contexts.';
REVOKE ALL ON FUNCTION app_seal.admits_entry(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_seal.admits_entry(text) TO admin_role;

RESET ROLE;
