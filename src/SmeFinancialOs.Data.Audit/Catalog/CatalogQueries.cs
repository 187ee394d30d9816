namespace SmeFinancialOs.Data.Audit.Catalog;

/// <summary>
/// $1: the schemas to audit, or NULL for all but PostgreSQL's own; the seal, where there is one, is looked at with any. $2: the tenant columns. What an
/// extension made is not judged. In the order in which CatalogReader reads the answers; CatalogMaps reads their columns by name.
/// </summary>
internal static class CatalogQueries
{
    private const string Schemas = """
        s AS MATERIALIZED (SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_namespace n
              WHERE n.nspname <> ALL ('{pg_catalog,information_schema}') AND n.nspname !~ '^pg_(toast|temp)' AND
              ($1::text[] IS NULL OR n.nspname = ANY ($1 || '{app_seal}')))
        """;

    private const string Relations = Schemas + """
        , t AS MATERIALIZED (SELECT c.oid, c.relname, c.relnamespace, c.relkind, c.relowner, c.relrowsecurity, c.relforcerowsecurity, c.relpersistence,
            c.reloptions, c.relacl, s.nspname
              FROM pg_class c JOIN s ON s.oid = c.relnamespace
              WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
                AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e'))
        """;

    private const string Functions = Schemas + """
        , f AS MATERIALIZED (SELECT p.*, n.nspname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
              WHERE (n.oid IN (SELECT s.oid FROM s) -- and what policies ask, wherever it is
                     OR p.oid IN (SELECT e.refobjid FROM pg_depend e WHERE e.classid = 'pg_policy'::regclass AND e.refclassid = 'pg_proc'::regclass))
                AND p.prokind <> 'a' AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')
              UNION ALL SELECT p.*, 'pg_catalog' FROM pg_proc p
              WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname IN ('lo_open', 'lo_get', 'loread', 'lo_put', 'lowrite',
                  'pg_terminate_backend', 'pg_cancel_backend'))
        """;

    internal static IReadOnlyList<string> InOrder { get; } =
    [
        """
        SELECT datname::text AS name, datdba AS owner, current_setting('max_prepared_transactions')::int AS prepared_transactions,
            ARRAY(SELECT x.gid FROM pg_prepared_xacts x WHERE x.database = current_database() ORDER BY x.gid) AS pending
        FROM pg_database WHERE datname = current_database()
        """,
        "SELECT oid, rolname::text AS name, rolsuper, rolbypassrls, rolcreaterole, rolreplication, rolinherit, rolcanlogin FROM pg_roles",
        // to_jsonb, because the columns do not exist on 15. The owner of a database is a member of pg_database_owner without a row that says so.
        """
        SELECT m.roleid, m.member, m.grantor, (to_jsonb(m) ->> 'inherit_option')::boolean AS inherits,
            m.admin_option OR coalesce((to_jsonb(m) ->> 'inherit_option')::boolean OR (to_jsonb(m) ->> 'set_option')::boolean, true) AS usable
        FROM pg_auth_members m
        UNION ALL SELECT 'pg_database_owner'::regrole, datdba, 10::oid, true, true FROM pg_database WHERE datname = current_database()
        """,
        $"""
        WITH {Relations} SELECT t.oid, quote_ident(t.nspname) || '.' || quote_ident(t.relname) AS name, t.relnamespace AS schema, t.relkind::text AS kind,
            t.relowner AS owner, t.relrowsecurity AS row_security, t.relforcerowsecurity AS forced, t.relpersistence = 't' AS temporary,
            t.relkind = 'v' AND coalesce((SELECT o.option_value::boolean
                FROM pg_options_to_table(t.reloptions) o WHERE o.option_name = 'security_invoker'), false) AS invoker, i.parents,
            CASE WHEN t.nspname = 'app_seal' AND t.relkind = 'v' THEN concat(array_to_string(t.reloptions, ','), ':', pg_get_viewdef(t.oid)) END AS definition
        FROM t LEFT JOIN (SELECT inhrelid, array_agg(inhparent) AS parents FROM pg_inherits GROUP BY inhrelid) i ON i.inhrelid = t.oid
        """,
        $"""
        WITH {Relations}, y AS (SELECT DISTINCT a.atttypid AS oid FROM pg_attribute a JOIN t ON t.oid = a.attrelid WHERE t.relkind IN ('r', 'p'))
        SELECT p.oid, format_type(p.oid, NULL) AS name, p.typbasetype AS base FROM pg_type p WHERE p.oid IN (SELECT oid FROM y UNION SELECT d.typbasetype
            FROM pg_type d JOIN y ON y.oid = d.oid)
        """,
        $"""
        WITH {Relations} SELECT a.attrelid AS relation, a.attnum AS number, a.attname::text AS name, a.atttypid AS type, a.attnotnull AS not_null
        FROM pg_attribute a JOIN t ON t.oid = a.attrelid WHERE t.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
        """,
        $"""
        WITH {Relations} SELECT 0 AS kind, t.oid AS object, a.grantee, a.privilege_type, 0 AS attribute
            FROM t, aclexplode(t.relacl) a WHERE a.grantee <> t.relowner
        UNION ALL SELECT 0, t.oid, a.grantee, a.privilege_type, c.attnum
            FROM t JOIN pg_attribute c ON c.attrelid = t.oid AND c.attacl IS NOT NULL, aclexplode(c.attacl) a WHERE a.grantee <> t.relowner
        UNION ALL SELECT 1, s.oid, a.grantee, a.privilege_type, 0 FROM s, aclexplode(s.nspacl) a WHERE a.grantee <> s.nspowner
        UNION ALL SELECT g.*, 0 FROM ({FunctionGrants}) g
        UNION ALL SELECT 3, 0::oid, a.grantee, a.privilege_type, 0 FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
                  WHERE d.datname = current_database() AND a.grantee <> d.datdba
        """,
        $"""
        WITH {Relations} SELECT i.indexrelid AS oid, i.indrelid AS relation, x.relname::text AS name, k.conname::text AS constraint_name,
            (string_to_array(i.indkey::text, ' ')::int2[])[1:i.indnkeyatts] AS columns,
            i.indisunique, i.indisprimary, i.indisexclusion, i.indpred IS NOT NULL AS partial, i.indimmediate,
            CASE WHEN (i.indisunique OR i.indisexclusion) AND (n.attnum = ANY (i.indkey)) IS NOT TRUE THEN coalesce(pg_get_constraintdef(k.oid),
                pg_get_indexdef(i.indexrelid)) END AS definition
        FROM pg_index i JOIN t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
        LEFT JOIN (SELECT DISTINCT ON (a.attrelid) a.attrelid, a.attnum FROM pg_attribute a WHERE a.attname = ANY ($2) AND NOT a.attisdropped
            ORDER BY a.attrelid, array_position($2, a.attname)) n ON n.attrelid = i.indrelid
        LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x') AND k.conrelid = i.indrelid WHERE i.indisvalid
        """,
        $"""
        WITH {Relations}, p AS MATERIALIZED (SELECT p.polrelid, max(age(p.xmin)) AS age FROM pg_policy p GROUP BY p.polrelid)
        SELECT k.conname::text AS name, k.conrelid AS relation, k.confrelid AS target, k.conindid AS index, k.conkey AS columns,
            k.confkey AS target_columns, k.confdeltype::text AS on_delete, k.confupdtype::text AS on_update, k.confdelsetcols AS on_delete_columns,
            k.condeferrable, k.condeferred, k.convalidated,
            CASE WHEN current_setting('server_version_num')::int < 180000 THEN true ELSE (to_jsonb(k) ->> 'conenforced')::boolean END AS enforced,
            coalesce(age(k.xmin) < greatest(o.age, r.age) AND k.xmin <> a.xmin, false) AS after_policies
        FROM pg_constraint k JOIN t ON t.oid = k.conrelid LEFT JOIN p o ON o.polrelid = k.conrelid LEFT JOIN p r ON r.polrelid = k.confrelid
        LEFT JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attname = 'tableoid' WHERE k.contype = 'f' AND k.conparentid = 0
        """,
        $"""
        WITH {Relations}, d AS MATERIALIZED (
            SELECT p.oid, array_agg(DISTINCT e.refobjid) FILTER (WHERE e.refclassid = 'pg_proc'::regclass) AS functions,
                array_agg(DISTINCT e.refobjid) FILTER (WHERE e.refclassid = 'pg_class'::regclass AND e.refobjid <> p.polrelid) AS relations
            FROM pg_policy p JOIN pg_depend e ON e.classid = 'pg_policy'::regclass AND e.objid = p.oid GROUP BY p.oid)
        SELECT p.polrelid AS relation, p.polname::text AS name, p.polpermissive AS permissive, p.polcmd::text AS command, p.polroles AS roles,
            pg_get_expr(p.polqual, p.polrelid) AS using, pg_get_expr(p.polwithcheck, p.polrelid) AS check_expression, d.functions, d.relations AS reads
        FROM pg_policy p JOIN t ON t.oid = p.polrelid LEFT JOIN d ON d.oid = p.oid
        """,
        $"""
        WITH {Functions}, b AS (SELECT f.*, coalesce(pg_get_function_sqlbody(f.oid), f.prosrc) AS body FROM f)
        SELECT b.oid, b.pronamespace AS schema, b.proname::text AS name, quote_ident(b.nspname) || '.' || quote_ident(b.proname) AS sql_name,
            format('%I.%I(%s)', b.nspname, b.proname, pg_get_function_identity_arguments(b.oid)) AS signature, b.proowner AS owner,
            b.prosecdef AS definer, b.proleakproof AS leakproof, b.provolatile::text AS volatility, b.pronargs::int AS arguments,
            format_type(b.prorettype, NULL) AS returns, coalesce(b.proconfig, ARRAY[]::text[]) AS settings, b.body,
            b.prosqlbody IS NOT NULL AS standard_body, l.lanname::text AS language, b.proisstrict AS strict, b.proretset AS returns_set,
            coalesce(b.proargnames, ARRAY[]::text[]) AS parameters,
            ARRAY(SELECT format_type(a.oid, NULL) FROM unnest(b.proargtypes) WITH ORDINALITY AS a (oid, number) ORDER BY a.number) AS input_types,
            ARRAY(SELECT coalesce(n.name, '') FROM unnest(b.proargnames, b.proargmodes) WITH ORDINALITY AS n (name, mode, number)
                WHERE coalesce(n.mode, 'i') IN ('i', 'b', 'v') ORDER BY n.number) AS inputs,
            CASE WHEN l.lanname = 'sql' AND b.proargmodes IS NULL THEN ARRAY(SELECT format_type(a.oid, NULL)
                FROM unnest(b.proargtypes) WITH ORDINALITY AS a (oid, number) ORDER BY a.number) END AS parameter_types,
            EXISTS (SELECT FROM pg_proc s WHERE s.pronamespace = 'pg_catalog'::regnamespace AND s.proname = b.proname) AS like_system,
            CASE WHEN b.body ~* 'current_setting' THEN pg_get_functiondef(b.oid) END AS definition, b.nspname = 'pg_catalog' AS system
        FROM b JOIN pg_language l ON l.oid = b.prolang
        """,
        $"""
        WITH {Relations} SELECT DISTINCT w.ev_class AS view, d.refobjid AS read FROM pg_rewrite w JOIN t ON t.oid = w.ev_class
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> w.ev_class
        WHERE t.relkind IN ('v', 'm')
        """,
        """
        SELECT r.rolname::text AS role, d.datname::text AS database, c.setting FROM pg_db_role_setting g CROSS JOIN unnest(g.setconfig) AS c (setting)
        LEFT JOIN pg_roles r ON r.oid = g.setrole LEFT JOIN pg_database d ON d.oid = g.setdatabase
        WHERE g.setdatabase = 0 OR d.datname = current_database()
        """,
        $"""
        WITH {Relations} SELECT p.pubname::text AS publication, t.oid AS relation, m.prqual IS NOT NULL AS filtered, 'TABLE' AS form
            FROM pg_publication p JOIN pg_publication_rel m ON m.prpubid = p.oid JOIN t ON t.oid = m.prrelid
        UNION ALL SELECT p.pubname::text, t.oid, false, 'SCHEMA'
            FROM pg_publication p JOIN pg_publication_namespace m ON m.pnpubid = p.oid JOIN t ON t.relnamespace = m.pnnspid
        UNION ALL SELECT p.pubname::text, t.oid, false, 'ALL' FROM pg_publication p, t WHERE p.puballtables
        """,
        $"WITH {Schemas} SELECT s.oid, quote_ident(s.nspname) AS name, s.nspowner AS owner FROM s",
        """
        SELECT quote_ident(pg_get_userbyid(d.defaclrole)) AS owner, quote_ident(n.nspname) AS schema, a.grantee, a.privilege_type
        FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a
            WHERE d.defaclobjtype = 'r' AND a.grantee <> d.defaclrole
        """,
        "SELECT evtname::text AS name, evtenabled::text AS enabled, evtfoid AS function, evtevent::text AS event, evttags AS tags FROM pg_event_trigger",
        // Foreign keys have four triggers each: those that fire say nothing.
        $"""
        WITH {Relations} SELECT g.tgrelid AS relation, g.tgname::text AS name, g.tgfoid AS function, g.tgenabled::text AS enabled, g.tgisinternal AS internal,
            g.tgtype AS type, string_to_array(nullif(g.tgattr::text, ''), ' ')::int2[] AS columns, g.tgqual IS NOT NULL AS conditional
        FROM pg_trigger g JOIN t ON t.oid = g.tgrelid
        WHERE NOT g.tgisinternal OR g.tgenabled IN ('D', 'R')
        """,
        $"""
        WITH {Relations} SELECT w.ev_class AS relation, w.rulename::text AS name FROM pg_rewrite w JOIN t ON t.oid = w.ev_class
        WHERE t.relkind IN ('r', 'p') AND w.ev_enabled IN ('O', 'A')
            AND NOT (w.is_instead AND w.ev_qual::text = '<>' AND pg_get_ruledef(w.oid) LIKE '% DO INSTEAD NOTHING;')
        """,
        "SELECT p.parname AS parameter, a.grantee, a.privilege_type FROM pg_parameter_acl p, aclexplode(p.paracl) a",
    ];

    /// <summary>Only whoever may read the guard's allowlist sees it; then Allowlist asks for it.</summary>
    internal const string AllowlistIsReadable = """
        SELECT has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'app_guard' AND c.relname = 'allowlist'
        """;

    internal const string Allowlist = """
        SELECT a.relation::oid AS relation, a.reason, c.oid IS NULL AS gone FROM app_guard.allowlist a LEFT JOIN pg_class c ON c.oid = a.relation
        """;

    /// <summary>EXECUTE is everybody's unless revoked.</summary>
    private const string FunctionGrants = "WITH " + Functions + """
         SELECT 2, f.oid, a.grantee, a.privilege_type FROM f, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a WHERE a.grantee <> f.proowner
        """;
}
