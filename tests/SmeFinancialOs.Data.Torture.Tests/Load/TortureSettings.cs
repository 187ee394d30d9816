using System.Globalization;

namespace SmeFinancialOs.Data.Torture.Tests.Load;

/// <summary>How long, how, and with what taken away.</summary>
internal sealed record TortureSettings
{
    private static readonly string[] EveryRun =
    [
        "cancelled by its caller", "cancelled by another session", "statement timeout", "lock timeout", "deadlock", "serialization failure",
        "pool exhausted", "no connection",
        "connection lost", "exception in user code", "disposed twice", "used after dispose", "used by two at once, refused", "disposed while in use",
        "connection closed by its user",
        "leaked unit of work", "leaked stream", "line cut in mid-message", "pg_terminate_backend", "pg_cancel_backend", "server restarted, fast",
        "server restarted, immediate",
        "refused: insert for another", "refused: write as demo", "refused: write read-only", "refused: write to the demo",
    ];

    /// <summary>SME_DATA_TORTURE_SEED, or a new one.</summary>
    public int Seed { get; init; } = FromEnvironment("SME_DATA_TORTURE_SEED") ?? Random.Shared.Next();

    /// <summary>SME_DATA_TORTURE_SECONDS, or a short one.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(FromEnvironment("SME_DATA_TORTURE_SECONDS") ?? 10);

    public bool ThroughPgBouncer { get; init; }

    public bool Prepares { get; init; }

    public Action<Memory<byte>>? RewriteRequest { get; init; }

    public bool StopsAtFinding { get; init; }

    /// <summary>
    /// What there has not been enough of: a run without trouble proves little. In ten minutes that is 200 faults of every kind and a million rows.
    /// </summary>
    public IEnumerable<string> Missing(Report report)
    {
        if (StopsAtFinding)
            yield break;
        var enough = Math.Max(2, (int)(Duration.TotalSeconds / 3));
        foreach (var kind in ThroughPgBouncer ? EveryRun.Append("pooler restarted") : EveryRun)
        {
            if (report.Faults.GetValueOrDefault(kind) < enough)
                yield return $"{kind}: {report.Faults.GetValueOrDefault(kind)} of {enough}";
        }

        var rows = (long)(Duration.TotalSeconds * 1_000_000 / 600);
        if (report.Rows < rows)
            yield return $"rows: {report.Rows} of {rows}";
    }

    private static int? FromEnvironment(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : null;
}
