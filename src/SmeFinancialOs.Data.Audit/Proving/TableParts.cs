using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Proving;

/// <summary>The columns, constraints and indexes of tables, as text. A snapshot has none of them, because they decide no verdict.</summary>
internal static class TableParts
{
    /// <summary>From 18 on, NOT NULL is a constraint, too; it is told with the column.</summary>
    private const string Query = """
        SELECT a.attrelid AS relation,
            format('column %I %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ' NOT NULL' END,
            CASE WHEN a.attidentity <> '' THEN ' IDENTITY' END, ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)) AS part
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = ANY ($1) AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL SELECT c.conrelid, format('constraint %I %s', c.conname, pg_get_constraintdef(c.oid))
        FROM pg_constraint c WHERE c.conrelid = ANY ($1) AND c.contype IN ('p', 'u', 'x', 'f', 'c')
        UNION ALL SELECT i.indrelid, pg_get_indexdef(i.indexrelid) || CASE WHEN i.indisvalid THEN '' ELSE ' (invalid)' END
        FROM pg_index i WHERE i.indrelid = ANY ($1) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
        """;

    /// <summary>By the names of the tables.</summary>
    internal static async Task<ILookup<string, string>> ReadAsync(NpgsqlConnection connection, DatabaseModel model, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = transaction.ConfigureAwait(false);
        var batch = new NpgsqlBatch(connection);
        await using var __ = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(new("SET LOCAL search_path = pg_catalog")); // so that each name is told with its schema
        var query = new NpgsqlBatchCommand(Query);
        query.Parameters.Add(new()
        {
            Value = model.Catalog.Relations.Values.Where(relation => relation.IsTable).Select(table => table.Oid).ToArray(),
            DataTypeName = "oid[]",
        });
        batch.BatchCommands.Add(query);
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ___ = reader.ConfigureAwait(false);
        var parts = new List<(string Table, string Part)>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            parts.Add((model.Catalog.Relations[reader.GetFieldValue<uint>(0)].Name, reader.GetString(1)));
        return parts.ToLookup(part => part.Table, part => part.Part);
    }
}
