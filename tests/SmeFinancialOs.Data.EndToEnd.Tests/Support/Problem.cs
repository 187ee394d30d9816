using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.EndToEnd.Tests.Support;

internal static partial class Problem
{
    /// <summary>A problem without what differs from request to request by design.</summary>
    public static string WithoutTrace(Answer answer) => TraceId().Replace(answer.Text, "");

    [GeneratedRegex("\"traceId\":\"[^\"]*\"")]
    private static partial Regex TraceId();
}
