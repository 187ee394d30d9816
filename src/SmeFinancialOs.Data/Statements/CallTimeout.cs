using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace SmeFinancialOs.Data.Statements;

/// <summary>
/// How long each statement of one call may take: <c>statement_timeout</c> of the server, in place of what the options or the login say. The driver waits a
/// little longer, so that it is the server that answers.
/// </summary>
internal sealed class CallTimeout
{
    private const int DriverWaitsLongerSeconds = 5;

    /// <summary>Outside of a session call the transaction goes on, and another timeout may be in force there.</summary>
    private const string Set =
        "SELECT pg_catalog.set_config('app.outer_timeout', pg_catalog.current_setting('statement_timeout'), true), "
        + "pg_catalog.set_config('statement_timeout', $1, true)";

    private const string Restore = "SELECT pg_catalog.set_config('statement_timeout', pg_catalog.current_setting('app.outer_timeout'), true)";

    private readonly string _milliseconds;

    private CallTimeout(TimeSpan timeout)
    {
        var isNone = timeout == System.Threading.Timeout.InfiniteTimeSpan;
        _milliseconds = isNone ? "0" : ((long)timeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        DriverSeconds = isNone ? 0 : (int)Math.Ceiling(timeout.TotalSeconds) + DriverWaitsLongerSeconds;
    }

    /// <summary>What the driver waits for an answer, in seconds; 0 for any time.</summary>
    public int DriverSeconds { get; }

    /// <summary>The same in milliseconds.</summary>
    public int DriverMilliseconds => DriverSeconds > int.MaxValue / 1000 ? 0 : DriverSeconds * 1000;

    /// <exception cref="ArgumentOutOfRangeException">It is no timeout of PostgreSQL's.</exception>
    public static CallTimeout Require(TimeSpan timeout) =>
        timeout == System.Threading.Timeout.InfiniteTimeSpan || (timeout >= TimeSpan.FromMilliseconds(1) && timeout <= TimeSpan.FromMilliseconds(int.MaxValue))
            ? new(timeout)
            : throw new ArgumentOutOfRangeException(
                nameof(timeout), timeout, "A timeout is between 1 ms and 2147483647 ms, or Timeout.InfiniteTimeSpan for none.");

    /// <summary>Ahead of the statements of a call.</summary>
    public NpgsqlBatchCommand SetCommand()
    {
        var command = new NpgsqlBatchCommand(Set);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _milliseconds, NpgsqlDbType = NpgsqlDbType.Text });
        return command;
    }

    /// <summary>Behind them, in a unit of work. Where they fail, their transaction does, and a savepoint takes the setting back.</summary>
    public static NpgsqlBatchCommand RestoreCommand() => new(Restore);
}
