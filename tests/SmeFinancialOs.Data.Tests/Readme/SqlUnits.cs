using System.Text.RegularExpressions;
using Npgsql;

namespace SmeFinancialOs.Data.Tests.Readme;

/// <summary>A block of SQL as psql would run it: statement by statement, and BEGIN to COMMIT as one.</summary>
internal static partial class SqlUnits
{
    /// <summary>What could not have its lock is tried again, as the pages say.</summary>
    public static async Task RunUnitsAsync(this NpgsqlConnection connection, string block)
    {
        foreach (Match unit in Unit().Matches(block))
        {
            for (var attempt = 1; !await TryAsync(connection, unit.Value); attempt++)
                attempt.Should().BeLessThan(50, "a lock is free at some time for {0}", unit.Value);
        }
    }

    private static async Task<bool> TryAsync(NpgsqlConnection connection, string sql)
    {
        try
        {
            await connection.RunAsync(sql);
            return true;
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            await connection.RunAsync("ROLLBACK");
            return false;
        }
    }

    /// <summary>Up to a semicolon that ends a line and is not inside $..$.</summary>
    [GeneratedRegex(@"^(?:BEGIN;\n.*?^COMMIT;|(?:(?<quote>\$\w*\$).*?\k<quote>|.)+?;)[ ]*(?:--[^\n]*)?$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Unit();
}
