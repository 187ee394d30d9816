using Npgsql;
using NpgsqlTypes;
using SmeFinancialOs.Data.Benchmarks.Tables;

namespace SmeFinancialOs.Data.Benchmarks.Bulk;

/// <summary>Two empty tables of the same columns, keys and indexes, a protected one and its twin, and both ways to fill them.</summary>
internal sealed class BulkTables : IAsyncDisposable
{
    private const string Protected = "public.bulk_invoices";
    private const string Twin = $"{TwinTables.Schema}.bulk_invoices";

    private readonly BenchmarkPools _pools = new(maximumPoolSize: 1);
    private readonly NpgsqlConnection _owner;
    private readonly NpgsqlDataSource _twin;
    private readonly NpgsqlDataSource _app;
    private readonly ITenantSession _session;

    private BulkTables(BenchmarkDatabase database)
    {
        _owner = new NpgsqlConnection(database.SuperuserConnectionString);
        _twin = _pools.Add(database.TwinConnectionString);
        _app = _pools.AddForTenants(database.AppConnectionString);
        _session = new TenantConnectionFactory(_app).CreateSession(TenantContext.ForOrganization(database.Dataset.InsertingOrganization));
    }

    public static async Task<BulkTables> CreateAsync(BenchmarkDatabase database, CancellationToken cancellationToken)
    {
        var tables = new BulkTables(database);
        await tables._owner.RunAsync(
            $"""
            SET ROLE app_owner;
            CREATE TABLE {Protected} (LIKE public.invoices INCLUDING ALL, FOREIGN KEY (org_id) REFERENCES public.organizations (id) ON DELETE CASCADE);
            SELECT app.protect_table('{Protected}');
            CREATE TABLE {Twin} (LIKE public.invoices INCLUDING ALL,
                FOREIGN KEY (org_id) REFERENCES {TwinTables.Schema}.organizations (id) ON DELETE CASCADE);
            RESET ROLE;
            GRANT SELECT, INSERT ON {Twin} TO {new NpgsqlConnectionStringBuilder(database.TwinConnectionString).Username};
            """,
            cancellationToken);
        return tables;
    }

    /// <summary>Binary COPY of an unprotected table, the fastest way that PostgreSQL has.</summary>
    public async Task CopyAsync(IReadOnlyList<NewRow> rows, CancellationToken cancellationToken)
    {
        await using var connection = await _twin.OpenConnectionAsync(cancellationToken);
        await using var writer = await connection.BeginBinaryImportAsync(
            $"COPY {Twin} (org_id, id, number, amount_cents, customer_name, status, issued_at) FROM STDIN (FORMAT binary)", cancellationToken);
        foreach (var row in rows)
        {
            writer.StartRow();
            writer.Write(row.OrgId, NpgsqlDbType.Uuid);
            writer.Write(row.Id, NpgsqlDbType.Uuid);
            writer.Write(row.Number, NpgsqlDbType.Text);
            writer.Write(row.AmountCents, NpgsqlDbType.Bigint);
            writer.Write(row.CustomerName, NpgsqlDbType.Text);
            writer.Write(row.Status, NpgsqlDbType.Text);
            writer.Write(row.IssuedAt, NpgsqlDbType.Date);
        }

        await writer.CompleteAsync(cancellationToken);
    }

    public Task InsertManyAsync(IReadOnlyList<NewRow> rows, CancellationToken cancellationToken) =>
        _session.InsertManyAsync(Protected, rows, cancellationToken);

    /// <summary>Empties both, and leaves nothing to write for the next round.</summary>
    /// <exception cref="ResultsDifferException">They do not have the same rows.</exception>
    public async Task EmptyAsync(CancellationToken cancellationToken)
    {
        var differences = await _owner.ReadAsync<long>(
            $"""
            SELECT count(*) FROM (SELECT org_id, id, number, amount_cents, customer_name, status, issued_at FROM {Protected}
                EXCEPT ALL SELECT org_id, id, number, amount_cents, customer_name, status, issued_at FROM {Twin}) d
            """,
            cancellationToken);
        if (differences != 0)
            throw new ResultsDifferException($"{differences} rows of the bulk load differ.");
        await _owner.RunAsync($"TRUNCATE {Protected}, {Twin}", cancellationToken);
        await _owner.RunAsync("CHECKPOINT", cancellationToken);
    }

    /// <summary>The processor time of the server's processes for both ways, in ms; null where it cannot be read.</summary>
    public async Task<(double Copy, double InsertMany)?> ServerTimeAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        await using var copy = await _twin.OpenConnectionAsync(cancellationToken);
        var copying = copy.ProcessID;
        var inserting = await _session.ExecuteScalarAsync<int>("SELECT pg_backend_pid()", cancellationToken: cancellationToken);
        try
        {
            return (Milliseconds(copying), Milliseconds(inserting));
        }
        catch (IOException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _pools.DisposeAsync();
        await _owner.DisposeAsync();
    }

    /// <summary>utime and stime, in hundredths of a second.</summary>
    private static double Milliseconds(int pid)
    {
        var fields = File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].Split(' ');
        return 10.0 * (long.Parse(fields[12], System.Globalization.CultureInfo.InvariantCulture)
            + long.Parse(fields[13], System.Globalization.CultureInfo.InvariantCulture));
    }
}
