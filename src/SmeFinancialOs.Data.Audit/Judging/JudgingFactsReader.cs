using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Judging;

internal static class JudgingFactsReader
{
    private const string Checks = """
        SELECT k.conrelid AS relation, pg_get_expr(k.conbin, k.conrelid) AS expression FROM pg_constraint k WHERE k.contype = 'c' AND k.conrelid = ANY ($1)
        """;

    private const string Columns = """
        SELECT a.attrelid AS relation, a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type,
            format_type(CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END, NULL) AS base, a.attnotnull OR t.typnotnull AS not_null,
            CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END AS generated, t.typcategory = 'A' AS is_array,
            ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS labels,
            coalesce((SELECT c.collisdeterministic FROM pg_collation c WHERE c.oid = a.attcollation), true) AS deterministic, t.typnotnull AS needs_value
        FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = ANY ($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum
        """;

    /// <summary>to_jsonb, because set_option does not exist on 15. A superuser may take any identity.</summary>
    private const string Roles = """
        SELECT r.oid, r.rolname::text AS name, r.rolsuper OR r.rolbypassrls AS exempt,
            s.rolsuper OR pg_has_role(s.oid, r.oid, CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END) AS may_act,
            ARRAY(SELECT o.oid FROM pg_roles o WHERE pg_has_role(r.oid, o.oid, 'USAGE')) AS usable, s.rolsuper AS superuser,
            EXISTS (SELECT FROM pg_cast t WHERE t.oid >= 16384 AND t.castsource < 16384 AND t.casttarget < 16384) AS redefined_cast,
            EXISTS (SELECT FROM pg_operator o WHERE o.oid >= 16384 AND o.oprname IN (SELECT y.oprname FROM pg_operator y WHERE y.oid < 16384)
                AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_operator'::regclass AND e.objid = o.oid AND e.deptype = 'e'))
            AS redefined_operator
        FROM pg_roles r, pg_roles s WHERE r.oid = ANY ($1) AND s.rolname = session_user
        """;

    private const string Commands = """
        SELECT c.oid AS relation, r.oid AS role, concat(
            CASE WHEN has_any_column_privilege(r.oid, c.oid, 'SELECT') THEN 'r' END, CASE WHEN has_any_column_privilege(r.oid, c.oid, 'INSERT') THEN 'a' END,
            CASE WHEN has_any_column_privilege(r.oid, c.oid, 'UPDATE') THEN 'w' END,
            CASE WHEN has_table_privilege(r.oid, c.oid, 'DELETE') THEN 'd' END) AS commands
        FROM pg_class c, pg_roles r WHERE c.oid = ANY ($1) AND r.oid = ANY ($2) AND has_schema_privilege(r.oid, c.relnamespace, 'USAGE')
        """;

    /// <summary>
    /// None of that name has effects or reads more than its arguments. What is VOLATILE may, but for these; so may functions that take SQL or the name of
    /// a table, or show the statements of other sessions. Functions of extensions may do the same, but for those that are IMMUTABLE and known.
    /// </summary>
    private const string PureFunctions = """
        SELECT DISTINCT CASE WHEN w.schema <> '' THEN w.schema END AS schema, w.name FROM unnest($1::text[], $2::text[]) AS w (schema, name)
        WHERE NOT EXISTS (SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.proname = w.name AND w.schema IN ('', n.nspname)
            AND CASE WHEN n.nspname = 'pg_catalog' AND p.oid < 16384
                THEN p.provolatile = 'v' AND p.proname <> ALL ('{random,clock_timestamp,timeofday,gen_random_uuid}')
                    OR p.proname ~ '_to_xml|^pg_stat_get|^pg_mcv_list|^pg_get_statisticsobjdef'
                ELSE p.provolatile <> 'i' OR NOT EXISTS (SELECT FROM pg_depend e JOIN pg_extension x ON x.oid = e.refobjid
                    WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e' AND e.refclassid = 'pg_extension'::regclass
                        AND x.extname = ANY ('{btree_gin,btree_gist,citext,cube,fuzzystrmatch,hstore,intarray,isn,ltree,pg_trgm,pgcrypto,seg,uuid-ossp}'))
                END)
        """;

    /// <summary>Whose comparisons raise no error that tells a value, according to PostgreSQL. That of varchar is the one of text.</summary>
    private const string LeakproofTypes = """
        SELECT format_type(o.oprleft, NULL) AS name FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode
        WHERE o.oid < 16384 AND o.oprleft = o.oprright AND p.proleakproof AND o.oprname IN ('=', '<>', '<', '<=', '>', '>=')
        GROUP BY 1 HAVING count(*) = 6 UNION ALL SELECT 'character varying'
        """;

    internal static async Task<JudgingFacts> ReadAsync(NpgsqlConnection connection, DatabaseModel model,
        IReadOnlyCollection<(string? Schema, string Name)> functions, CancellationToken cancellationToken)
    {
        var tables = model.TenantTables.Concat(model.ChildTables).Select(table => table.Oid).Concat(model.Inlined.Tables)
            .Concat(model.Members is null ? [] : [model.Members.Table.Oid]).Distinct().ToArray();
        var roles = model.Identities.App.Select(role => role.Oid).ToArray();
        var batch = new NpgsqlBatch(connection);
        await using var _ = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(new("SELECT set_config('search_path', 'pg_catalog', false)"));
        batch.BatchCommands.Add(Command(Checks, tables));
        batch.BatchCommands.Add(Command(Columns, tables));
        batch.BatchCommands.Add(Command(Roles, roles));
        batch.BatchCommands.Add(Command(Commands, tables, roles));
        batch.BatchCommands.Add(Command(PureFunctions, functions.Select(f => f.Schema ?? "").ToArray(), functions.Select(f => f.Name).ToArray()));
        batch.BatchCommands.Add(new(LeakproofTypes));
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        var rows = new CatalogRows(reader, cancellationToken);
        await rows.NextAsync(row => 0).ConfigureAwait(false);
        var checks = (await rows.NextAsync(row => (Relation: row.Oid("relation"), Text: row.Text("expression"))).ConfigureAwait(false))
            .ToLookup(check => check.Relation, check => check.Text);
        var columns = (await rows.NextAsync(row => (Relation: row.Oid("relation"), Column: ReadColumn(row))).ConfigureAwait(false))
            .ToLookup(item => item.Relation, item => item.Column);
        var known = await rows.NextAsync(row => (Superuser: row.Flag("superuser"), RedefinedCast: row.Flag("redefined_cast"),
            RedefinedOperator: row.Flag("redefined_operator"), Role: ReadRole(row))).ConfigureAwait(false);
        var commands = await rows.NextAsync(row => (Key: (row.Oid("relation"), row.Oid("role")), Letters: row.Text("commands"))).ConfigureAwait(false);
        var pure = await rows.NextAsync(row => (row.TextOrNull("schema"), row.Text("name"))).ConfigureAwait(false);
        var leakproof = await rows.NextAsync(row => row.Text("name")).ConfigureAwait(false);
        return new(
            known.Any(item => item.Superuser),
            known.Any(item => item.RedefinedCast),
            known.Any(item => item.RedefinedOperator),
            tables.ToDictionary(oid => oid, oid => new TableFacts([.. columns[oid]], [.. checks[oid]])),
            known.ToDictionary(item => item.Role.Oid, item => item.Role),
            commands.ToDictionary(item => item.Key, item => item.Letters),
            pure.ToHashSet(),
            leakproof.ToHashSet());
    }

    private static NpgsqlBatchCommand Command(string sql, params object[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter is uint[]? new() { Value = parameter, DataTypeName = "oid[]" } : new NpgsqlParameter { Value = parameter });
        return command;
    }

    private static ColumnFacts ReadColumn(CatalogRow row) => new(row.Text("name"), row.Text("type"), row.Text("base"), row.Flag("not_null"),
        row.TextOrNull("generated"), row.Flag("is_array"), row.Texts("labels"), row.Flag("deterministic"),
        row.Flag("needs_value"));

    private static RoleFacts ReadRole(CatalogRow row) => new(row.Oid("oid"), row.Text("name"), row.Flag("exempt"), row.Flag("may_act"),
        row.Oids("usable").ToHashSet());
}
