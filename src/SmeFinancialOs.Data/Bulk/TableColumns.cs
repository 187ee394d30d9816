using System.Collections.Concurrent;
using SmeFinancialOs.Data.Diagnostics;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Bulk;

/// <summary>The columns of a table when they were looked at, and how rows are written to it.</summary>
internal sealed class TableColumns(TableName name, IReadOnlyList<TableColumn> columns)
{
    private const string Sql = """
        SELECT a.attname::text AS name, t.oid::bigint AS type_oid, tn.nspname::text AS type_schema, t.typname::text AS type_name,
            bn.nspname::text AS base_schema, b.typname::text AS base_name, b.typtype::text AS base_kind, b.typcategory::text AS base_category,
            coalesce(l.typcategory, b.typcategory)::text AS element_category, a.attnotnull OR b.is_not_null AS is_not_null,
            a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL AS has_default, a.attgenerated <> '' OR a.attidentity = 'a' AS is_generated,
            EXISTS (
                SELECT FROM pg_catalog.pg_trigger g
                WHERE g.tgtype & 7 = 7 AND NOT g.tgisinternal
                    AND g.tgrelid IN (SELECT c.oid UNION ALL SELECT p.relid FROM pg_catalog.pg_partition_tree(c.oid) p)) AS has_trigger,
            (SELECT pg_catalog.array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid IN (b.oid, l.oid)) AS labels
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace
        CROSS JOIN LATERAL (
            WITH RECURSIVE base AS (
                SELECT t.oid, t.typname, t.typtype, t.typcategory, t.typnamespace, t.typbasetype, t.typelem, t.typnotnull AS is_not_null
                UNION ALL
                SELECT p.oid, p.typname, p.typtype, p.typcategory, p.typnamespace, p.typbasetype, p.typelem, base.is_not_null OR p.typnotnull
                FROM base JOIN pg_catalog.pg_type p ON p.oid = base.typbasetype WHERE base.typtype = 'd')
            SELECT * FROM base WHERE typtype <> 'd') b
        JOIN pg_catalog.pg_namespace bn ON bn.oid = b.typnamespace
        LEFT JOIN pg_catalog.pg_type l ON l.oid = b.typelem AND b.typcategory = 'A'
        WHERE n.nspname = @schema::text AND c.relname = @table::text AND c.relkind IN ('r', 'p', 'v', 'f')
        ORDER BY a.attnum
        """;

    private readonly ConcurrentDictionary<Type, object> _plans = new();

    public TableName Name => name;

    public IReadOnlyList<TableColumn> Columns => columns;

    /// <summary>Looks at the catalog.</summary>
    /// <exception cref="ColumnMismatchException">There is no such table.</exception>
    public static async Task<TableColumns> ReadAsync(TenantSessionBase session, TableName name, CancellationToken cancellationToken)
    {
        var look = new RowsStatement<TableColumn>(Sql, new { schema = name.Schema, table = name.Table });
        await session.RunAsync(OperationName.Query, [look], cancellationToken).ConfigureAwait(false);
        return look.Result.Count > 0 ? new(name, look.Result) : throw new ColumnMismatchException(
            $"There is no table {name}, or it has no columns. Check its name and schema; without quotes a name is in lower case.");
    }

    /// <summary>How rows of a type are written; found once.</summary>
    /// <exception cref="ColumnMismatchException">They do not fit.</exception>
    public InsertPlan<T> PlanFor<T>() => (InsertPlan<T>)_plans.GetOrAdd(typeof(T), static (_, table) => InsertPlan<T>.Make(table), this);
}
