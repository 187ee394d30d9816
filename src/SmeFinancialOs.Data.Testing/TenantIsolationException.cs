using System.Globalization;
using System.Text;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Testing;

/// <summary>One tenant reached another's rows, or it could not be shown that none can: the message lists the statements.</summary>
public sealed class TenantIsolationException : Exception
{
    private const int Listed = 20;

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    public TenantIsolationException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, and what to do.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public TenantIsolationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>All that the probe found; null in an exception that was made without a probe.</summary>
    public IsolationReport? Report { get; init; }

    internal static TenantIsolationException Of(IsolationReport report) => new(Describe(report)) { Report = report };

    private static string Describe(IsolationReport report)
    {
        var open = report.Skipped.Where(skipped => !skipped.IsAllowed).ToList();
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"{report.Breaches.Count} ways to another tenant's rows, {report.KeyOracles.Count} keys that tell of its values; {open.Count} not probed; "
            + $"{report.HeldCount} attacks held, as {string.Join(", ", report.Roles)}.").AppendLine();
        foreach (var breach in report.Breaches.Take(Listed))
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"{breach.ObjectName}: {breach.Attack}: {breach.Message}").AppendLine();
            text.AppendLine(breach.Statement);
        }
        if (report.Breaches.Count > Listed)
            text.AppendLine().Append(CultureInfo.InvariantCulture, $".. and {report.Breaches.Count - Listed} more, in Report.Breaches.").AppendLine();
        foreach (var oracle in report.KeyOracles)
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"{oracle.ObjectName}: {oracle.Message}").AppendLine().AppendLine(oracle.Statement);
        if (open.Count > 0)
            text.AppendLine().AppendLine("Not probed (give IsolationProbeOptions.Values, or an allowance with its reason):");
        foreach (var skipped in open)
            text.Append(CultureInfo.InvariantCulture, $"{skipped.ObjectName}: {skipped.Reason}").AppendLine();
        return text.ToString();
    }
}
