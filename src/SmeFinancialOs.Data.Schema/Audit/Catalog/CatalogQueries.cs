namespace SmeFinancialOs.Data.Schema.Audit.Catalog;

// $1: the schemas to audit, or NULL for all but PostgreSQL's own. What an extension made is not judged.
internal static class CatalogQueries
{
    private const string Schemas = """
        s AS MATERIALIZED (SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_namespace n
              WHERE n.nspname <> ALL ('{pg_catalog,information_schema}') AND n.nspname !~ '^pg_(toast|temp)' AND ($1::text[] IS NULL OR n.nspname = ANY ($1)))
        """;

    private const string Relations = Schemas + """
        , t AS MATERIALIZED (SELECT c.*, format('%I.%I', s.nspname, c.relname) AS name FROM pg_class c JOIN s ON s.oid = c.relnamespace
              WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
                AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e'))
        """;

    private const string Functions = Schemas + """
        , f AS MATERIALIZED (SELECT p.*, s.nspname FROM pg_proc p JOIN s ON s.oid = p.pronamespace
              WHERE NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')
              UNION ALL SELECT p.*, 'pg_catalog' FROM pg_proc p
              WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname IN ('lo_open', 'lo_get', 'loread', 'lo_put', 'lowrite'))
        """;

    internal static IReadOnlyList<string> InOrder { get; } =
    [
        "SELECT current_database()::text",
        "SELECT oid, rolname::text, rolsuper, rolbypassrls, rolcreaterole, rolreplication, rolinherit FROM pg_roles",
        // to_jsonb, because the column does not exist on 15
        "SELECT m.roleid, m.member, (to_jsonb(m) ->> 'inherit_option')::boolean FROM pg_auth_members m",
        $"""
        WITH {Relations} SELECT t.oid, t.name, t.relkind::text, t.relowner, t.relrowsecurity, t.relforcerowsecurity, t.relpersistence = 't',
            coalesce((SELECT o.option_value::boolean FROM pg_options_to_table(t.reloptions) o WHERE o.option_name = 'security_invoker'), false),
            (SELECT array_agg(i.inhparent) FROM pg_inherits i WHERE i.inhrelid = t.oid) FROM t
        """,
        $"""
        WITH {Relations} SELECT a.attrelid, a.attnum, a.attname::text, format_type(a.atttypid, NULL), a.attnotnull
        FROM pg_attribute a JOIN t ON t.oid = a.attrelid WHERE t.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
        """,
        $"""
        WITH {Relations} SELECT 0, t.oid, a.grantee, a.privilege_type FROM t, aclexplode(t.relacl) a WHERE a.grantee <> t.relowner
        UNION SELECT 0, t.oid, a.grantee, a.privilege_type FROM t JOIN pg_attribute c ON c.attrelid = t.oid, aclexplode(c.attacl) a WHERE a.grantee <> t.relowner
        UNION ALL SELECT 1, s.oid, a.grantee, a.privilege_type FROM s, aclexplode(s.nspacl) a WHERE a.grantee <> s.nspowner
        UNION ALL SELECT * FROM ({FunctionGrants}) g
        UNION ALL SELECT 3, 0::oid, a.grantee, a.privilege_type FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
                  WHERE d.datname = current_database() AND a.grantee <> d.datdba
        """,
        $"""
        WITH {Relations} SELECT i.indrelid, x.relname::text, k.conname::text, (string_to_array(i.indkey::text, ' ')::int2[])[1:i.indnkeyatts],
            i.indisunique, i.indisprimary, i.indisexclusion, i.indpred IS NOT NULL
        FROM pg_index i JOIN t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
        LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x') AND k.conrelid = i.indrelid WHERE i.indisvalid
        """,
        $"""
        WITH {Relations} SELECT k.conname::text, k.conrelid, k.confrelid, k.conkey, k.confkey, k.confdeltype::text, k.confupdtype::text, k.confdelsetcols
        FROM pg_constraint k JOIN t ON t.oid = k.conrelid WHERE k.contype = 'f' AND k.conparentid = 0
        """,
        $"""
        WITH {Relations}, d AS MATERIALIZED (
            SELECT p.oid, array_agg(DISTINCT e.refobjid) FILTER (WHERE e.refclassid = 'pg_proc'::regclass) AS functions,
                array_agg(DISTINCT e.refobjid) FILTER (WHERE e.refclassid = 'pg_class'::regclass AND e.refobjid <> p.polrelid) AS relations
            FROM pg_policy p JOIN pg_depend e ON e.classid = 'pg_policy'::regclass AND e.objid = p.oid GROUP BY p.oid)
        SELECT p.polrelid, p.polname::text, p.polpermissive, p.polcmd::text, p.polroles, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid),
            d.functions, d.relations
        FROM pg_policy p JOIN t ON t.oid = p.polrelid LEFT JOIN d ON d.oid = p.oid
        """,
        $"""
        WITH {Functions} SELECT f.oid, f.proname::text, format('%I.%I(%s)', f.nspname, f.proname, pg_get_function_identity_arguments(f.oid)), f.proowner, f.prosecdef, f.proleakproof,
            f.provolatile::text, format_type(f.prorettype, NULL), coalesce(f.proconfig, ARRAY[]::text[]), coalesce(pg_get_function_sqlbody(f.oid), f.prosrc), f.nspname = 'pg_catalog' FROM f
        """,
        $"""
        WITH {Relations} SELECT DISTINCT w.ev_class, d.refobjid FROM pg_rewrite w JOIN t ON t.oid = w.ev_class
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> w.ev_class
        WHERE t.relkind IN ('v', 'm')
        """,
        """
        SELECT r.rolname::text, d.datname::text, c.setting FROM pg_db_role_setting g CROSS JOIN unnest(g.setconfig) AS c (setting)
        LEFT JOIN pg_roles r ON r.oid = g.setrole LEFT JOIN pg_database d ON d.oid = g.setdatabase
        WHERE g.setdatabase = 0 OR d.datname = current_database()
        """,
        $"""
        WITH {Relations} SELECT p.pubname::text, t.oid, m.prqual IS NOT NULL, 'TABLE' FROM pg_publication p JOIN pg_publication_rel m ON m.prpubid = p.oid JOIN t ON t.oid = m.prrelid
        UNION ALL SELECT p.pubname::text, t.oid, false, 'SCHEMA' FROM pg_publication p JOIN pg_publication_namespace m ON m.pnpubid = p.oid JOIN t ON t.relnamespace = m.pnnspid
        UNION ALL SELECT p.pubname::text, t.oid, false, 'ALL' FROM pg_publication p, t WHERE p.puballtables
        """,
        $"WITH {Schemas} SELECT s.oid, quote_ident(s.nspname) FROM s",
        """
        SELECT quote_ident(pg_get_userbyid(d.defaclrole)), quote_ident(n.nspname), a.grantee, a.privilege_type
        FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a WHERE d.defaclobjtype = 'r' AND a.grantee <> d.defaclrole
        """,
        "SELECT quote_ident(evtname) FROM pg_event_trigger WHERE evtenabled = 'D'",
    ];

    // EXECUTE is everybody's unless revoked.
    private const string FunctionGrants = "WITH " + Functions + " SELECT 2, f.oid, a.grantee, a.privilege_type FROM f, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a WHERE a.grantee <> f.proowner";
}
