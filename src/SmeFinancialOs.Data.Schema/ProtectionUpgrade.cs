using System.Globalization;
using Npgsql;

namespace SmeFinancialOs.Data.Schema;

/// <summary>
/// Brings the protected tables to the policies and privileges of this version, after its scripts: each table in a transaction of its own, so that what is done
/// stays done, and only those that are not as expected, so that no other is locked. As the owner's role: a login with more rights must not run its functions.
/// </summary>
internal sealed class ProtectionUpgrade(NpgsqlConnection connection, SchemaMigratorOptions options)
{
    internal async Task<(IReadOnlyList<string> Updated, IReadOnlyList<OutdatedTable> NotUpdated)> RunAsync(CancellationToken cancellationToken)
    {
        var updated = new List<string>();
        var notUpdated = new List<OutdatedTable>();
        foreach (var (table, faults) in await FindAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await UpdateAsync(table, cancellationToken).ConfigureAwait(false);
                updated.Add(table);
            }
            catch (PostgresException fault)
            {
                notUpdated.Add(new(table, faults, $"{fault.SqlState}: {ServerText.Of(fault)}"));
            }
        }

        return (updated, notUpdated);
    }

    private async Task<List<(string Table, string Faults)>> FindAsync(CancellationToken cancellationToken)
    {
        var batch = AsOwner();
        await using var _ = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(new("""
            SELECT format('%I.%I', n.nspname, c.relname), string_agg(f.fault, '; ' ORDER BY f.fault)
            FROM app.protected_tables t
            JOIN pg_catalog.pg_class c ON c.oid = t.relation
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            CROSS JOIN LATERAL app.protection_faults(t.relation) f
            GROUP BY n.nspname, c.relname ORDER BY 1
            """));
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        var tables = new List<(string, string)>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            tables.Add((reader.GetString(0), reader.GetString(1)));
        return tables;
    }

    private async Task UpdateAsync(string table, CancellationToken cancellationToken)
    {
        var batch = AsOwner();
        await using var _ = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(new("SELECT app.apply_protection($1::text::regclass)") { Parameters = { new() { Value = table } } });
        await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A batch without BEGIN is one transaction.</summary>
    private NpgsqlBatch AsOwner() => new(connection)
    {
        BatchCommands =
        {
            new("SELECT pg_catalog.set_config('role', $1, true), pg_catalog.set_config('lock_timeout', $2, true)")
            {
                Parameters =
                {
                    new() { Value = options.Roles.Owner },
                    new() { Value = MigrationLock.Milliseconds(options.TableLockTimeout).ToString(CultureInfo.InvariantCulture) },
                },
            },
        },
    };
}
