-- Invitations: how a user becomes a member of an organization, where tenants cannot write memberships (app.protect_through).
--   SELECT app.create_acceptance('public.invitations', users => 'public.users');
-- A tenant writes a row into invitations(tenant, email). app.accept_invitation(tenant, user) takes it back and adds the membership, if the user has this
-- e-mail address; it returns the tenant, or NULL where there is no such invitation. The function belongs to app_resolver; resolver_role may call it. SQL that
-- an attacker gets into a request can call it, too: it can only make a member of whom the organization has invited. The host vouches for the e-mail
-- addresses of its users.
SET ROLE app_owner;

-- copied: columns that invitations and memberships both have, such as a role.
CREATE OR REPLACE FUNCTION app.create_acceptance(invitations regclass, users regclass, email_column name DEFAULT 'email', copied name[] DEFAULT '{}')
    RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_variable
DECLARE
    tenant_id constant text := (SELECT format_type(t.typbasetype, NULL) FROM pg_type t WHERE t.oid = 'app.tenant_id'::regtype);
    made text;
    invitation record;
    member record;
    item record;
BEGIN
    SELECT u.relation, u.parent, u.parent_key[1] AS user_column, m.tenant_column, a.atttypid::regtype AS id_type, a.attname AS id,
        format('%I.%I', n.nspname, c.relname) AS name, format('%I.%I', p.nspname, r.relname) AS memberships INTO member
    FROM app.protected_tables u JOIN app.protected_tables m ON m.relation = u.parent CROSS JOIN LATERAL app.parent_columns(u.relation) k
    JOIN pg_attribute a ON a.attrelid = u.relation AND a.attname = k.own_column
    JOIN pg_class c ON c.oid = u.relation JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_class r ON r.oid = m.relation JOIN pg_namespace p ON p.oid = r.relnamespace
    WHERE u.relation = users AND u.kind = 'users' AND m.kind = 'column';
    IF NOT FOUND THEN
        RAISE EXCEPTION '% is no table of users that are seen through memberships', coalesce(users::text, 'NULL')
            USING ERRCODE = 'object_not_in_prerequisite_state',
                HINT = format('First: SELECT app.protect_through(%L, ''..'', columns => ''{id,name}'');', coalesce(users::text, '..'));
    END IF;
    SELECT t.tenant_column, format('%I.%I', n.nspname, c.relname) AS name INTO invitation
    FROM app.protected_tables t JOIN pg_class c ON c.oid = t.relation JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE t.relation = invitations AND t.kind = 'column' AND t.relation <> member.parent;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% is no protected table of invitations', coalesce(invitations::text, 'NULL')
            USING ERRCODE = 'object_not_in_prerequisite_state',
                HINT = format('First: SELECT app.protect_table(%L, ''..'');', coalesce(invitations::text, '..'));
    ELSIF array_position(copied, NULL) IS NOT NULL OR copied && ARRAY[member.user_column, member.tenant_column] THEN
        RAISE EXCEPTION 'copied has a NULL, or the tenant or user of memberships'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'It has columns that invitations and memberships both have, such as a role.';
    END IF;

    FOR item IN
        SELECT w.relation, w.name, a.attnum IS NULL AS is_missing,
            a.atttypid <> first_value(a.atttypid) OVER (PARTITION BY w.name ORDER BY w.relation) AS differs,
            a.atttypid <> ALL ('{text,varchar}'::regtype[]) AND w.name = email_column AS is_no_text, NOT c.collisdeterministic AS is_nondeterministic
        FROM (SELECT invitations, email_column UNION ALL SELECT users, email_column
              UNION ALL SELECT t.relation, c FROM unnest(copied) AS c CROSS JOIN (VALUES (invitations), (member.parent)) AS t (relation)) AS w (relation, name)
        LEFT JOIN pg_attribute a ON a.attrelid = w.relation AND a.attname = w.name AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_collation c ON c.oid = a.attcollation
    LOOP
        IF item.is_missing THEN
            RAISE EXCEPTION 'table % has no column %', item.relation, coalesce(quote_ident(item.name), 'NULL')
                USING ERRCODE = 'undefined_column', HINT = 'invitations and users have email_column; invitations and memberships have each column of copied.';
        ELSIF item.differs OR item.is_no_text OR item.is_nondeterministic AND item.name = email_column THEN
            RAISE EXCEPTION 'column % of table % has another type than its counterpart, or one that takes different addresses for the same', item.name,
                    item.relation
                USING ERRCODE = 'datatype_mismatch', HINT = 'Both columns have one type; an address is text or varchar with a deterministic collation. '
                    'Store addresses in lower case.';
        END IF;
    END LOOP;

    IF EXISTS (SELECT FROM app.functions_of_resolver('invitation')) THEN
        PERFORM app.drop_resolver('invitation');
    END IF;
    made := format('app.accept_invitation(%s, %s)', tenant_id, member.id_type);
    GRANT CREATE ON SCHEMA app TO app_resolver;
    -- The body is parsed here and now, and names nothing any more.
    EXECUTE format('CREATE FUNCTION %s RETURNS %s LANGUAGE sql STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp BEGIN ATOMIC '
        'WITH accepted AS (DELETE FROM %s i USING %s u WHERE i.%I = $1 AND u.%I = $2 AND i.%I = u.%I '
        'RETURNING i.%I, u.%I AS member%s), '
        'added AS (INSERT INTO %s (%I, %I%s) SELECT n.%I, n.member%s FROM accepted n ON CONFLICT DO NOTHING) '
        'SELECT a.%I::%s FROM accepted a; END',
        made, tenant_id, invitation.name, member.name, invitation.tenant_column, member.id, email_column, email_column, invitation.tenant_column, member.id,
        (SELECT string_agg(format(', i.%I', c), '' ORDER BY c) FROM unnest(copied) AS c), member.memberships, member.tenant_column, member.user_column,
        (SELECT string_agg(format(', %I', c), '' ORDER BY c) FROM unnest(copied) AS c), invitation.tenant_column,
        (SELECT string_agg(format(', n.%I', c), '' ORDER BY c) FROM unnest(copied) AS c), invitation.tenant_column, tenant_id);
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', made);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO resolver_role', made);
    EXECUTE format('COMMENT ON FUNCTION %s IS %L', made, format('Makes a user a member of an organization that invited its address: %s.', invitations));
    EXECUTE format('ALTER FUNCTION %s OWNER TO app_resolver', made);
    REVOKE CREATE ON SCHEMA app FROM app_resolver;
    PERFORM app.apply_resolvers(t) FROM unnest(ARRAY[invitations, users, member.parent]) AS t;
END
$function$;
COMMENT ON FUNCTION app.create_acceptance(regclass, regclass, name, name[]) IS
    'Makes app.accept_invitation(tenant, user), for resolver_role alone: takes an invitation back and adds the membership.';

-- For whoever may alter the table; the roles of the app have no use for it.
REVOKE ALL ON FUNCTION app.create_acceptance(regclass, regclass, name, name[]) FROM PUBLIC;

RESET ROLE;
