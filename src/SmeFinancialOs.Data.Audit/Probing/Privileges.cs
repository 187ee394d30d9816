using System.Globalization;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>The columns that a role may read, insert, update and delete with their row: an attack that names others is refused for the wrong reason.</summary>
internal sealed record Privileges(IReadOnlySet<(uint, string)> Select, IReadOnlySet<(uint, string)> Insert, IReadOnlySet<(uint, string)> Update,
    IReadOnlySet<(uint, string)> Delete)
{
    public bool HasAny(Relation table) => Select.Concat(Insert).Concat(Update).Concat(Delete).Any(item => item.Item1 == table.Oid);

    internal static async Task<Privileges> ReadAsync(ProbeSession session, string role)
    {
        var name = Identifier.Literal(role);
        var rows = await session.RowsAsync($"""
            SELECT a.attrelid::text, a.attname::text, has_column_privilege({name}, a.attrelid, a.attnum, 'SELECT')::text,
                has_column_privilege({name}, a.attrelid, a.attnum, 'INSERT')::text, has_column_privilege({name}, a.attrelid, a.attnum, 'UPDATE')::text,
                has_table_privilege({name}, a.attrelid, 'DELETE')::text
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped AND has_schema_privilege({name}, n.oid, 'USAGE')
                AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
            """).ConfigureAwait(false);
        return new(With(2), With(3), With(4), With(5));

        HashSet<(uint, string)> With(int right) =>
            [.. rows.Where(row => row[right] == "true").Select(row => (uint.Parse(row[0]!, CultureInfo.InvariantCulture), row[1]!))];
    }
}
