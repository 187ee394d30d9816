using System.Globalization;
using System.Text;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Testing;

/// <summary>One tenant reached another's rows, or it could not be shown that none can: the message lists the statements.</summary>
public sealed class TenantIsolationException : Exception
{
    private const int Listed = 20;

    internal TenantIsolationException(IsolationReport report)
        : base(Describe(report)) => Report = report;

    /// <summary>All that the probe found.</summary>
    public IsolationReport Report { get; }

    private static string Describe(IsolationReport report)
    {
        var open = report.Skipped.Where(skipped => !skipped.IsAllowed).ToList();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{report.Breaches.Count} of {report.AttackCount} attacks reached another tenant's rows; {open.Count} could not be carried out.").AppendLine();
        foreach (var breach in report.Breaches.Take(Listed))
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"{breach.ObjectName}: {breach.Attack}: {breach.Message}").AppendLine();
            text.AppendLine(breach.Statement);
        }
        if (report.Breaches.Count > Listed)
            text.AppendLine().Append(CultureInfo.InvariantCulture, $".. and {report.Breaches.Count - Listed} more, in Report.Breaches.").AppendLine();
        if (open.Count > 0)
            text.AppendLine().AppendLine("Not probed (give IsolationProbeOptions.Values, or an allowance with its reason):");
        foreach (var skipped in open)
            text.Append(CultureInfo.InvariantCulture, $"{skipped.ObjectName}: {skipped.Reason}").AppendLine();
        return text.ToString();
    }
}
