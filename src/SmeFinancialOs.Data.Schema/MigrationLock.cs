using System.Globalization;
using Npgsql;

namespace SmeFinancialOs.Data.Schema;

/// <summary>
/// A session-level advisory lock of the database: ends with the connection, whatever becomes of the process.
/// <see href="https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS"/>
/// </summary>
internal static class MigrationLock
{
    /// <summary>"smef", "migr": any two numbers that nothing else in the database locks.</summary>
    internal const int Class = 0x736d6566;
    internal const int Object = 0x6d696772;

    internal static async Task TakeAsync(NpgsqlConnection connection, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var limit = $"SET lock_timeout = {Milliseconds(timeout).ToString(CultureInfo.InvariantCulture)}";
        try
        {
            await ExecuteAsync(connection, limit, cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, $"SELECT pg_catalog.pg_advisory_lock({Class}, {Object})", cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, "RESET lock_timeout", cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            var holder = await FindHolderAsync(connection, cancellationToken).ConfigureAwait(false);
            throw new SchemaMigrationException(
                $"Another migration of this database did not end within {timeout}: {holder}. Wait for it, or end it with pg_terminate_backend(pid).", fault)
            {
                SqlState = fault.SqlState,
            };
        }
    }

    /// <summary>As lock_timeout takes it, to which 0 means for ever.</summary>
    internal static int Milliseconds(TimeSpan timeout) => timeout == Timeout.InfiniteTimeSpan ? 0 : Math.Max(1, (int)Math.Ceiling(timeout.TotalMilliseconds));

    private static async Task<string> FindHolderAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand($"""
            SELECT format('pid %s, application_name "%s"', l.pid, a.application_name)
            FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.granted AND l.classid = {Class} AND l.objid = {Object} AND l.objsubid = 2
              AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())
            """, connection);
        await using var _ = command.ConfigureAwait(false);
        return (string?)await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) ?? "it has just ended";
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using var _ = command.ConfigureAwait(false);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
