using OxyPlot;
using SmeFinancialOs.Data.Benchmarks.Charts;

namespace SmeFinancialOs.Data.Benchmarks.Peers;

/// <summary>Ours, unprotected, others.</summary>
internal static class PeerColors
{
    public static OxyColor Of(string title) =>
        title.StartsWith("this library", StringComparison.Ordinal) ? Theme.Ours
        : title.EndsWith("unprotected", StringComparison.Ordinal) ? Theme.Yardstick
        : Theme.Other(0);
}
