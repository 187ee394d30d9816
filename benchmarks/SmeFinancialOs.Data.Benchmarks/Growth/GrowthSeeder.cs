using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Growth;

/// <summary>Fills the protected tables of a migrated database on the server, as a superuser: no policy binds it.</summary>
internal sealed class GrowthSeeder(NpgsqlConnection owner, GrowthTable table, Progress progress)
{
    private const long RowsAtOnce = 250_000;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // No foreign key checks for rows that are right by construction.
        await owner.RunAsync("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'", cancellationToken);
        await owner.RunAsync(GeneratedRows.OrganizationsSql("public.organizations", 1, table.Organizations), cancellationToken);

        // An index is built in a fraction of the time that filling it row by row takes. As the migrations define them, whatever that is.
        var drops = await owner.ReadAsync<string>(IndexesSql(isDrop: true), cancellationToken);
        var creates = await owner.ReadAsync<string[]>(IndexesSql(isDrop: false), cancellationToken);
        await owner.RunAsync(drops, cancellationToken);
        for (var row = 0L; row < table.Rows; row += RowsAtOnce)
        {
            progress.Report($"seeding {table.Name}: {100 * row / table.Rows} %");
            var series = $"generate_series({row}::bigint, {Math.Min(row + RowsAtOnce, table.Rows) - 1})";
            await owner.RunAsync(GeneratedRows.InvoicesSql("public.invoices", series, table.OrganizationSql, table.Rows), cancellationToken);
        }

        foreach (var create in creates)
        {
            progress.Report($"seeding {table.Name}: {create}");
            await owner.RunAsync(create, cancellationToken);
        }

        // What autovacuum would do in the middle of a measurement.
        progress.Report($"seeding {table.Name}: vacuum and analyze");
        await owner.RunAsync("ALTER TABLE public.invoices SET (autovacuum_enabled = false)", cancellationToken);
        await owner.RunAsync("VACUUM (ANALYZE) public.organizations, public.invoices", cancellationToken);
        await owner.RunAsync("CHECKPOINT", cancellationToken);
    }

    /// <summary>All indexes of the table, those of its keys as the keys.</summary>
    private static string IndexesSql(bool isDrop) => $"""
        SELECT {(isDrop ? "string_agg(drop, '; ')" : "array_agg(create_again)")} FROM (
            SELECT CASE WHEN c.oid IS NULL THEN format('DROP INDEX %s', i.indexrelid::regclass) ELSE
            format('ALTER TABLE public.invoices DROP CONSTRAINT %I', c.conname) END AS drop,
                   CASE WHEN c.oid IS NULL THEN pg_get_indexdef(i.indexrelid)
                        ELSE format('ALTER TABLE public.invoices ADD CONSTRAINT %I %s', c.conname, pg_get_constraintdef(c.oid)) END AS create_again
            FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid AND c.contype IN ('p', 'u')
            WHERE i.indrelid = 'public.invoices'::regclass) AS each_index
        """;
}
