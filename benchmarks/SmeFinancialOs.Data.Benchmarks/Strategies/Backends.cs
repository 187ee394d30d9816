using System.Globalization;
using Npgsql;
using SmeFinancialOs.Data.Benchmarks.Tables;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Benchmarks.Strategies;

/// <summary>The server's processes of an app, one a connection.</summary>
/// <param name="Count">How many.</param>
/// <param name="Memory">Their proportional set size in bytes, shared pages divided among those that share them; null where it cannot be read.</param>
/// <param name="Private">The part of it that is theirs alone: mostly the catalog as each of them caches it.</param>
internal sealed record Backends(int Count, long? Memory, long? Private)
{
    public static async Task<Backends> ReadAsync(PostgresServer server, string applicationName, CancellationToken cancellationToken)
    {
        await using var owner = new NpgsqlConnection(server.ConnectionString);
        var pids = await owner.ReadAsync<int[]>(
            $"SELECT coalesce(array_agg(pid), ARRAY[]::int[]) FROM pg_stat_activity WHERE application_name = '{applicationName}'", cancellationToken);
        // Elsewhere the same numbers would be other processes.
        if (!OperatingSystem.IsLinux() || server.Kind is not (PostgresServerKind.LocalBinaries or PostgresServerKind.Embedded))
            return new Backends(pids.Length, null, null);
        try
        {
            var rollups = pids.Select(pid => File.ReadAllLines($"/proc/{pid}/smaps_rollup")).ToArray();
            return new Backends(pids.Length, rollups.Sum(rollup => Bytes(rollup, "Pss:")), rollups.Sum(rollup => Bytes(rollup, "Pss_Anon:")));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new Backends(pids.Length, null, null);
        }
    }

    /// <summary>The bytes of a line such as <c>Pss:                1234 kB</c>.</summary>
    private static long Bytes(string[] rollup, string name) =>
        1024 * long.Parse(rollup.First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Replace("kB", ""), CultureInfo.InvariantCulture);
}
