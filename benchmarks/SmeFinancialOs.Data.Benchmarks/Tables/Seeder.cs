using Npgsql;
using NpgsqlTypes;

namespace SmeFinancialOs.Data.Benchmarks.Tables;

/// <summary>Fills the three sets of tables with the same rows in the same physical order.</summary>
internal sealed class Seeder(NpgsqlConnection owner, Dataset dataset, Progress progress)
{
    private const int PagesAtOnce = 400;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // No foreign key checks while loading: a third of the time, for rows that are right by construction.
        await ExecuteAsync("SET session_replication_role = replica", cancellationToken);
        await CopyOrganizationsAsync(cancellationToken);
        await CopyInvoicesAsync(cancellationToken);
        // COPY FROM is refused under row-level security; admin_role may write for every organization.
        await FillAsync(TableSets.Protected, "SET ROLE admin_role", cancellationToken);
        // The article has no such role: a superuser is not bound, FORCE or not.
        await FillAsync(ArticleTables.Schema, "RESET ROLE", cancellationToken);
        await ExecuteAsync("RESET session_replication_role", cancellationToken);
        await SettleAsync(cancellationToken);
    }

    /// <summary>No dead rows, fresh statistics, nothing left to write: what autovacuum and the checkpointer would do in the middle of a measurement.</summary>
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        foreach (var schema in TableSets.All)
        {
            progress.Report($"vacuum and analyze {schema}");
            foreach (var table in (string[])["organizations", "invoices"])
            {
                await ExecuteAsync($"ALTER TABLE {schema}.{table} SET (autovacuum_enabled = false)", cancellationToken);
                await ExecuteAsync($"VACUUM (ANALYZE) {schema}.{table}", cancellationToken);
            }
        }

        progress.Report("checkpoint");
        await ExecuteAsync("CHECKPOINT", cancellationToken);
    }

    private async Task CopyOrganizationsAsync(CancellationToken cancellationToken)
    {
        await using var writer = await owner.BeginBinaryImportAsync(
            $"COPY {TwinTables.Schema}.organizations (id, name, slug, created_at) FROM STDIN (FORMAT binary)", cancellationToken);
        foreach (var (id, name, slug, createdAt) in dataset.Organizations)
        {
            await writer.StartRowAsync(cancellationToken);
            await writer.WriteAsync(id, NpgsqlDbType.Uuid, cancellationToken);
            await writer.WriteAsync(name, NpgsqlDbType.Text, cancellationToken);
            await writer.WriteAsync(slug, NpgsqlDbType.Text, cancellationToken);
            await writer.WriteAsync(createdAt, NpgsqlDbType.TimestampTz, cancellationToken);
        }

        await writer.CompleteAsync(cancellationToken);
    }

    private async Task CopyInvoicesAsync(CancellationToken cancellationToken)
    {
        var rows = 0;
        await using var writer = await owner.BeginBinaryImportAsync(
            $"COPY {TwinTables.Schema}.invoices (org_id, id, number, amount_cents, customer_name, status, issued_at, created_at) FROM STDIN (FORMAT binary)",
            cancellationToken);
        foreach (var row in dataset.Invoices())
        {
            // Into a buffer most of the time: two million awaits would cost more than they give.
            writer.StartRow();
            writer.Write(row.OrgId, NpgsqlDbType.Uuid);
            writer.Write(row.Id, NpgsqlDbType.Uuid);
            writer.Write(row.Number, NpgsqlDbType.Text);
            writer.Write(row.AmountCents, NpgsqlDbType.Bigint);
            writer.Write(row.CustomerName, NpgsqlDbType.Text);
            writer.Write(row.Status, NpgsqlDbType.Text);
            writer.Write(row.IssuedAt, NpgsqlDbType.Date);
            writer.Write(row.CreatedAt, NpgsqlDbType.TimestampTz);
            if (++rows % 1000 == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress.Report($"seeding {TwinTables.Schema}.invoices (COPY): {Percent(rows, dataset.InvoiceCount)}");
            }
        }

        await writer.CompleteAsync(cancellationToken);
    }

    private async Task FillAsync(string schema, string setRole, CancellationToken cancellationToken)
    {
        await using var count = new NpgsqlCommand($"SELECT pg_relation_size('{TwinTables.Schema}.invoices') / current_setting('block_size')::int", owner);
        var pages = (long)(await count.ExecuteScalarAsync(cancellationToken))!;

        await ExecuteAsync(setRole, cancellationToken);
        await ExecuteAsync($"INSERT INTO {schema}.organizations SELECT * FROM {TwinTables.Schema}.organizations", cancellationToken);
        // By ranges of pages: the physical order stays, and there is something to report.
        for (var page = 0L; page < pages; page += PagesAtOnce)
        {
            progress.Report($"seeding {schema}.invoices (INSERT .. SELECT): {Percent(page, pages)}");
            await ExecuteAsync(
                $"INSERT INTO {schema}.invoices SELECT * FROM {TwinTables.Schema}.invoices WHERE ctid >= '({page},0)' AND ctid < '({page + PagesAtOnce},0)'",
                cancellationToken);
        }

        await ExecuteAsync("RESET ROLE", cancellationToken);
    }

    private static string Percent(long done, long all) => $"{100 * done / all} %";

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, owner) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
